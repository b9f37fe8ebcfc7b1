//! A small world for the tests of this API, and the bodies that many of them expect.

use guestlist_testing::{Group, Person, Reply, TestApp};
use serde_json::{Value, json};

pub(crate) const MINE: &str = "/guestlist/v1/invitations";
pub(crate) const OF_GROUP: &str = "/guestlist/v1/groups/1/invitations";
pub(crate) const MEMBERS: &str = "/guestlist/v1/groups/1/members";

/// Every operation there is, on the group of [`Circle`] and things that are not, and the scope that it needs.
pub(crate) const OPERATIONS: [(&str, &str, &str); 52] = [
    ("GET", "/me", "users.read"),
    ("GET", "/users", "users.read"),
    ("POST", "/users", "users.write"),
    ("GET", "/users/2", "users.read"),
    ("POST", "/users/2/disable", "users.write"),
    ("GET", "/groups", "groups.read"),
    ("POST", "/groups", "groups.write"),
    ("GET", "/groups/1", "groups.read"),
    ("PATCH", "/groups/1", "groups.write"),
    ("DELETE", "/groups/1", "groups.write"),
    ("POST", "/groups/1/archive", "groups.write"),
    ("POST", "/groups/1/unarchive", "groups.write"),
    ("POST", "/groups/1/restore", "groups.write"),
    ("PUT", "/groups/1/ownership_offer", "groups.write"),
    ("DELETE", "/groups/1/ownership_offer", "groups.write"),
    ("POST", "/groups/1/ownership_offer/accept", "groups.write"),
    ("GET", "/groups/1/members", "members.read"),
    ("GET", "/groups/1/members/3", "members.read"),
    ("DELETE", "/groups/1/members/3", "members.write"),
    ("PUT", "/groups/1/members/3/roles/leader", "members.write"),
    ("DELETE", "/groups/1/members/3/roles/leader", "members.write"),
    ("GET", "/invitations", "invitations.read"),
    ("GET", "/invitations/019b76da-a800-7000-8000-000000000000", "invitations.read"),
    ("PATCH", "/invitations/019b76da-a800-7000-8000-000000000000", "invitations.write"),
    ("POST", "/invitations/019b76da-a800-7000-8000-000000000000/accept", "invitations.write"),
    ("POST", "/invitations/019b76da-a800-7000-8000-000000000000/decline", "invitations.write"),
    ("POST", "/invitations/019b76da-a800-7000-8000-000000000000/resend", "invitations.write"),
    ("POST", "/invitations/019b76da-a800-7000-8000-000000000000/revoke", "invitations.write"),
    ("GET", "/invitations/019b76da-a800-7000-8000-000000000000/delivery", "invitations.read"),
    ("GET", "/groups/1/invitations", "invitations.read"),
    ("POST", "/groups/1/invitations", "invitations.write"),
    ("POST", "/groups/1/batches", "invitations.write"),
    ("GET", "/groups/1/batches/019b76da-a800-7000-8000-000000000000", "invitations.read"),
    ("DELETE", "/groups/1/batches/019b76da-a800-7000-8000-000000000000", "invitations.write"),
    ("GET", "/groups/1/links", "links.read"),
    ("POST", "/groups/1/links", "links.write"),
    ("GET", "/links/019b76da-a800-7000-8000-000000000000", "links.read"),
    ("DELETE", "/links/019b76da-a800-7000-8000-000000000000", "links.write"),
    ("POST", "/links/use", "links.write"),
    ("GET", "/groups/1/requests", "requests.read"),
    ("POST", "/groups/1/requests", "requests.write"),
    ("GET", "/groups/1/waiting_list", "requests.read"),
    ("GET", "/refusals", "refusals.read"),
    ("PUT", "/refusals/everyone", "refusals.write"),
    ("DELETE", "/refusals/groups/1", "refusals.write"),
    ("GET", "/tokens", "tokens.read"),
    ("POST", "/tokens", "tokens.write"),
    ("GET", "/tokens/019b76da-a800-7000-8000-000000000000", "tokens.read"),
    ("GET", "/clients", "clients.read"),
    ("POST", "/mail/reports", "mail.write"),
    ("GET", "/clients/app", "clients.read"),
    ("DELETE", "/clients/app", "clients.write"),
];

/// The private group 1, "circle", of amina (user 1). musa (3) is a plain member, bilal (2) is none.
pub(crate) struct Circle {
    pub(crate) app: TestApp,
    pub(crate) amina: Person,
    pub(crate) bilal: Person,
    pub(crate) musa: Person,
    pub(crate) group: Group,
}

impl Circle {
    pub(crate) async fn new() -> Self {
        let app = TestApp::new().await;
        let (amina, bilal, musa) = (app.person("amina").await, app.person("bilal").await, app.person("musa").await);
        let group = app.group("circle", &amina).await;
        app.add_member(&group, &amina, &musa).await;
        Self { app, amina, bilal, musa, group }
    }

    /// Has amina invite somebody new and returns the invitation's id.
    pub(crate) async fn invite(&self, who: Value) -> String {
        let reply = self.post(&self.amina, OF_GROUP, json!({ "invitees": [who] })).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json()["data"][0]["invitation_id"].as_str().expect("an id").to_owned()
    }

    pub(crate) async fn invite_bilal(&self) -> String {
        self.invite(json!({ "user_id": self.bilal.id() })).await
    }

    pub(crate) async fn send(&self, person: &Person, method: &str, path: &str) -> Reply {
        self.app.request(method, path).bearer(person).send().await
    }

    pub(crate) async fn get(&self, person: &Person, path: &str) -> Reply {
        self.send(person, "GET", path).await
    }

    pub(crate) async fn put(&self, person: &Person, path: &str) -> Reply {
        self.send(person, "PUT", path).await
    }

    pub(crate) async fn delete(&self, person: &Person, path: &str) -> Reply {
        self.send(person, "DELETE", path).await
    }

    pub(crate) async fn with_body(&self, person: &Person, method: &str, path: &str, body: Value) -> Reply {
        let request = self.app.request(method, path).bearer(person).header("content-type", "application/json");
        request.body(body.to_string()).send().await
    }

    pub(crate) async fn post(&self, person: &Person, path: &str, body: Value) -> Reply {
        self.with_body(person, "POST", path, body).await
    }

    pub(crate) async fn patch(&self, person: &Person, path: &str, body: Value) -> Reply {
        self.with_body(person, "PATCH", path, body).await
    }

    pub(crate) async fn list(&self, person: &Person, path: &str) -> Vec<Value> {
        let mut page = self.get(person, path).await.json();
        std::mem::take(page["data"].as_array_mut().expect("a list"))
    }

    pub(crate) async fn answer(&self, person: &Person, invitation: &str, verb: &str) -> Reply {
        self.send(person, "POST", &format!("{MINE}/{invitation}/{verb}")).await
    }

    pub(crate) async fn accept(&self, person: &Person, invitation: &str) -> Reply {
        self.answer(person, invitation, "accept").await
    }

    pub(crate) async fn decline(&self, person: &Person, invitation: &str) -> Reply {
        self.answer(person, invitation, "decline").await
    }

    pub(crate) async fn is_member(&self, person: &Person) -> bool {
        self.list(&self.amina, MEMBERS).await.iter().any(|member| member["user"]["id"] == person.id())
    }
}

pub(crate) fn problem(status: u16, code: &str, detail: &str) -> Value {
    let title = match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        412 => "Precondition Failed",
        413 => "Payload Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        other => panic!("no title is known for {other}"),
    };
    json!({ "type": "about:blank", "title": title, "status": status, "code": code, "detail": detail })
}

/// A problem with an explanation.
pub(crate) fn refusal(status: u16, code: &str, detail: &str, explanation: Value) -> Value {
    let mut body = problem(status, code, detail);
    body["explanation"] = explanation;
    body
}

/// An explanation without a fact, which only the asker can change.
pub(crate) fn by_asker(rule: &str) -> Value {
    json!({ "rule": rule, "remedy": { "who": "asker" } })
}

pub(crate) fn accepted(is_new_member: bool) -> Value {
    let standing = if is_new_member { "joined" } else { "already_member" };
    json!({ "state": "accepted", "group_id": 1, "is_new_member": is_new_member, "standing": standing })
}

pub(crate) fn declined() -> Value {
    json!({ "state": "declined", "group_id": 1 })
}

pub(crate) fn invitation_not_found() -> Value {
    let rule = "An invitation exists only for the person invited and for those who run the group.";
    refusal(404, "invitation_not_found", "There is no such invitation for you.", by_asker(rule))
}

/// Over since `at`.
pub(crate) fn over(state: &str, at: &str) -> Value {
    let explanation = json!({
        "rule": "An invitation is answered, changed or sent again only while it is pending.",
        "fact": { "kind": "since", "at": at },
        "remedy": { "who": "roles", "roles": ["owner", "moderator"] },
    });
    let detail = format!("The invitation is over: it is {state}.");
    refusal(409, &format!("invitation_{state}"), &detail, explanation)
}

pub(crate) fn group_not_found() -> Value {
    let rule = "Only groups that exist, and that the asker may know of, can be named.";
    refusal(404, "group_not_found", "There is no such group.", by_asker(rule))
}

pub(crate) fn user_not_found() -> Value {
    let rule = "Only people with an account can be named, except by an address.";
    refusal(404, "user_not_found", "There is no such user.", by_asker(rule))
}

pub(crate) fn member_not_found() -> Value {
    let rule = "This can only be done to somebody who is in the group.";
    refusal(404, "member_not_found", "This person is not in the group.", by_asker(rule))
}

/// Of a plain member, or, without `roles`, of somebody who is none.
pub(crate) fn lacks(roles: Option<&[&str]>, needed: &[&str]) -> Value {
    let explanation = json!({
        "rule": "This takes a role in the group that the asker does not have.",
        "fact": { "kind": "standing", "roles": roles, "needed": needed },
        "remedy": { "who": "roles", "roles": ["owner"] },
    });
    refusal(403, "not_allowed", "You may not do this in this group.", explanation)
}

/// Of a plain member who does what moderators do.
pub(crate) fn not_allowed() -> Value {
    lacks(Some(&[]), &["owner", "moderator"])
}

pub(crate) fn administrators_only() -> Value {
    let explanation = json!({
        "rule": "Accounts and clients are looked after by administrators of the installation.",
        "remedy": { "who": "operator" },
    });
    refusal(403, "administrators_only", "Only administrators of the installation may do this.", explanation)
}

/// A field that cannot be read.
pub(crate) fn invalid_field(pointer: &str, detail: &str) -> Value {
    let mut body = problem(422, "invalid_field", detail);
    body["pointer"] = pointer.into();
    body
}

pub(crate) fn user(person: &Person) -> Value {
    json!({
        "id": person.id(),
        "uid": person.uid(),
        "subject": person.user.subject.as_str(),
        "username": person.user.username.as_ref().map(ToString::to_string),
        "name": person.user.name.as_ref().map(ToString::to_string),
    })
}
