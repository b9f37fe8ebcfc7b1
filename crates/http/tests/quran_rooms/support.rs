//! A group and some people, and the ways to ask about them.

use std::sync::atomic::{AtomicU8, Ordering};

use guestlist_core::command::{Admission, Expiry, GiveInvitationToken, Invite, Target};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::InvitationId;
use guestlist_core::member::RoleSet;
use guestlist_core::names::Email;
use guestlist_core::ports::Clock as _;
use guestlist_core::user::UserRef;
use guestlist_identity::token::PlainToken;
use guestlist_testing::{Group, Person, Reply, SeededEntropy, TestApp};
use serde_json::{Value, json};

/// The private group 1, "circle", of amina (user 1). musa (3) is an admin and zayd (4) a plain member; bilal (2) is none.
pub(crate) struct Circle {
    pub(crate) app: TestApp,
    pub(crate) amina: Person,
    pub(crate) bilal: Person,
    pub(crate) musa: Person,
    pub(crate) zayd: Person,
    pub(crate) group: Group,
    secrets: AtomicU8,
}

impl Circle {
    pub(crate) async fn new() -> Self {
        let app = TestApp::new().await;
        let (amina, bilal) = (app.person("amina").await, app.person("bilal").await);
        let (musa, zayd) = (app.person("musa").await, app.person("zayd").await);
        let group = app.group("circle", &amina).await;
        app.clock.advance_millis(1000);
        app.add_member(&group, &amina, &zayd).await;
        app.add_moderator(&group, &amina, &musa).await;
        app.clock.advance_millis(1000);
        Self { app, amina, bilal, musa, zayd, group, secrets: AtomicU8::new(0) }
    }

    /// Asks as `caller`, whose token has `scopes`.
    pub(crate) async fn ask_with(&self, scopes: &str, caller: &Person, method: &str, path: &str, body: &str) -> Reply {
        let request = self.app.request(method, &format!("/quran-reflect/v1/{path}"));
        request.gateway(&self.app.jwt(caller, scopes)).body(body.to_owned()).send().await
    }

    pub(crate) async fn ask(&self, caller: &Person, method: &str, path: &str, body: &str) -> Reply {
        self.ask_with("room user", caller, method, path, body).await
    }

    pub(crate) async fn get(&self, caller: &Person, path: &str) -> Reply {
        self.ask(caller, "GET", path, "").await
    }

    pub(crate) async fn post(&self, caller: &Person, path: &str, body: Value) -> Reply {
        self.ask(caller, "POST", path, &body.to_string()).await
    }

    /// Asks as an application.
    pub(crate) async fn get_as_application(&self, path: &str) -> Reply {
        let request = self.app.request("GET", &format!("/quran-reflect/v1/{path}"));
        request.gateway(&self.app.jwt_for("app", "app", "room user")).send().await
    }

    /// Invites somebody, and returns a secret that is mailed with it.
    pub(crate) async fn invite(&self, who: UserRef) -> String {
        let n = self.secrets.fetch_add(1, Ordering::Relaxed);
        let entropy = SeededEntropy::new(u64::from(n) + 1000);
        let id = InvitationId::generate(self.app.clock.now(), &entropy);
        let invite = Invite {
            by: self.amina.user.id,
            group: GroupRef::Id(self.group.group.id),
            targets: vec![Target { who, invitation: id }],
            roles: RoleSet::NONE,
            admission: Admission::OnAcceptance(Expiry::Usual),
            batch: None,
            language: None,
            note: None,
        };
        self.app.store().submit(invite).await.unwrap();
        let secret = PlainToken::generate("", &entropy);
        let give = GiveInvitationToken { invitation: id, hash: secret.invitation_hash() };
        self.app.store().submit(give).await.unwrap();
        secret.reveal().to_owned()
    }

    pub(crate) async fn invite_person(&self, person: &Person) -> String {
        self.invite(UserRef::Id(person.user.id)).await
    }

    pub(crate) async fn invite_address(&self, address: &str) -> String {
        self.invite(UserRef::Email(Email::parse(address).unwrap())).await
    }

    /// The usernames of the members, in the order in which they are listed.
    pub(crate) async fn members(&self) -> Vec<String> {
        let list = self.get(&self.amina, "rooms/1/members?limit=100").await;
        assert_eq!(list.status, 200, "{}", list.text);
        let name = |member: &Value| member["username"].as_str().unwrap().to_owned();
        list.json()["data"].as_array().unwrap().iter().map(name).collect()
    }
}

pub(crate) fn subject(person: &Person) -> &str {
    person.user.subject.as_str()
}

/// An error without details.
pub(crate) fn refuse(reply: &Reply, status: u16) {
    let (kind, message) = match status {
        400 => ("invalid_request", "The request is missing required headers or is invalid"),
        401 => ("unauthorized", "The request requires user authentication"),
        403 => ("forbidden", "The server understood the request, but refuses to authorize it"),
        404 => ("not_found", "The requested resource could not be found"),
        429 => ("rate_limit_exceeded", "Too many requests, please try again later"),
        other => panic!("no error is known for {other}"),
    };
    reply.assert(status, json!({ "message": message, "type": kind, "success": false }));
}

pub(crate) fn refuse_scope(reply: &Reply) {
    let message = "The access token does not have the required scopes";
    reply.assert(403, json!({ "message": message, "type": "insufficient_scope", "success": false }));
}

/// An error that tells of fields.
pub(crate) fn fault(reply: &Reply, status: u16, fields: Value) {
    let (kind, message) = match status {
        400 => ("invalid_request", "The request is missing required headers or is invalid"),
        422 => ("unprocessable_entity", "Validation Error"),
        other => panic!("no error with details is known for {other}"),
    };
    let error = json!({ "code": "ValidationError", "message": "Validation Error", "details": fields });
    let details = json!({ "success": false, "error": error });
    reply.assert(status, json!({ "details": details, "message": message, "type": kind, "success": false }));
}

pub(crate) fn pictures() -> Value {
    let missing = "/avatars/original/missing.png";
    json!({ "small": missing, "medium": missing, "large": missing })
}

/// The group 1 as lists show it.
pub(crate) fn circle(circle: &Circle, fields: Value) -> Value {
    let mut room = json!({
        "id": 1,
        "name": "circle",
        "description": "about circle",
        "roomType": "group",
        "isActive": true,
        "isVerified": false,
        "isPublic": false,
        "isOwner": true,
        "isAdmin": true,
        "ownerId": subject(&circle.amina),
        "postsCount": 0,
        "membersCount": 3,
        "avatarUrls": { "thumb": "/avatars/original/missing.png", "original": "/avatars/original/missing.png" },
        "url": "circle",
        "createdAt": "2026-01-01T00:00:00.000Z",
        "isMember": true,
    });
    room.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    room
}
