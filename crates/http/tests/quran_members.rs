//! `assignAsAdmin` and `removeUser` in both generations of Quran Foundation's group API, which differ in nothing but their
//! credentials and errors. The expectations are those of their contract (2.3, 5.1, 8.3).

use guestlist_core::command::AssignRole;
use guestlist_core::group::GroupRef;
use guestlist_core::member::Role;
use guestlist_core::user::UserRef;
use guestlist_testing::{Group, Person, Reply, TestApp};
use serde_json::{Value, json};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Generation {
    Legacy,
    Gateway,
}

const BOTH: [Generation; 2] = [Generation::Legacy, Generation::Gateway];

/// The private group 1, "circle", of amina (user 1). musa (3) and zayd (4) are plain members, bilal (2) is none.
struct Circle {
    app: TestApp,
    generation: Generation,
    amina: Person,
    bilal: Person,
    musa: Person,
    zayd: Person,
    group: Group,
}

impl Circle {
    async fn new(generation: Generation) -> Self {
        let app = TestApp::new().await;
        let (amina, bilal) = (app.person("amina").await, app.person("bilal").await);
        let (musa, zayd) = (app.person("musa").await, app.person("zayd").await);
        let group = app.group("circle", &amina).await;
        app.add_member(&group, &amina, &musa).await;
        app.add_member(&group, &amina, &zayd).await;
        Self { app, generation, amina, bilal, musa, zayd, group }
    }

    async fn put(&self, caller: &Person, path: &str, body: impl ToString) -> Reply {
        let (prefix, path) = (if self.generation == Generation::Legacy { "" } else { "/auth" }, path);
        let request = self.app.request("PUT", &format!("{prefix}/v1/groups/{path}"));
        let request = match self.generation {
            Generation::Legacy => request.legacy(&caller.token),
            Generation::Gateway => request.gateway(&self.app.jwt(caller, "group.update")),
        };
        request.body(body.to_string()).send().await
    }

    async fn assign(&self, caller: &Person, user: i64) -> Reply {
        self.put(caller, "1/assignAsAdmin", json!({ "userId": user })).await
    }

    async fn remove(&self, caller: &Person, user: i64) -> Reply {
        self.put(caller, "1/removeUser", json!({ "userId": user })).await
    }

    fn refuse(&self, reply: &Reply, status: u16) {
        let legacy =
            |code: &str, message: &str| json!({ "success": false, "error": { "code": code, "message": message } });
        let gateway = |kind: &str, message: &str| json!({ "message": message, "type": kind, "success": false });
        let wanted = match (self.generation, status) {
            (Generation::Legacy, 403) => legacy("ForbiddenError", "You are not allowed to perform this action"),
            (Generation::Legacy, 404) => legacy("NotFoundError", "The resource you're looking for does not exist"),
            (Generation::Gateway, 403) => {
                gateway("forbidden", "The server understood the request, but refuses to authorize it")
            }
            (Generation::Gateway, 404) => gateway("not_found", "The requested resource could not be found"),
            (_, other) => panic!("no error is known for {other}"),
        };
        reply.assert(status, wanted);
    }

    /// What the members are, by username, as guestlist's own API has it.
    async fn roles(&self) -> Vec<(String, Vec<String>)> {
        let list = self.app.request("GET", "/guestlist/v1/groups/1/members").bearer(&self.amina).send().await;
        assert_eq!(list.status, 200, "{}", list.text);
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let list = list.json()["data"].as_array().expect("a list").clone();
        let roles = |member: &Value| member["roles"].as_array().expect("a list").iter().map(text).collect();
        list.iter().map(|member| (text(&member["user"]["username"]), roles(member))).collect()
    }

    async fn members(&self) -> Vec<String> {
        self.roles().await.into_iter().map(|(name, _)| name).collect()
    }
}

fn done(what: &str) -> Value {
    json!({ "success": true, "data": { "message": format!("User has been {what} successfully.") } })
}

fn assigned() -> Value {
    done("assigned as an admin")
}

fn removed() -> Value {
    done("removed")
}

fn held(name: &str, roles: &[&str]) -> (String, Vec<String>) {
    (name.to_owned(), roles.iter().map(|role| (*role).to_owned()).collect())
}

#[tokio::test]
async fn whoever_runs_a_group_makes_members_admins_who_make_others() {
    for generation in BOTH {
        let circle = Circle::new(generation).await;
        for _ in 0..2 {
            circle.assign(&circle.amina, 3).await.assert(200, assigned());
        }
        circle.assign(&circle.musa, 4).await.assert(200, assigned());
        // The owner is one already, and stays what they are.
        circle.assign(&circle.musa, 1).await.assert(200, assigned());
        let wanted = [held("amina", &["owner"]), held("musa", &["moderator"]), held("zayd", &["moderator"])];
        assert_eq!(circle.roles().await, wanted);
    }
}

#[tokio::test]
async fn rights_are_looked_at_before_the_person_and_the_group_before_rights() {
    for generation in BOTH {
        let circle = Circle::new(generation).await;
        for caller in [&circle.bilal, &circle.musa] {
            for user in [1, 2, 4, 99] {
                circle.refuse(&circle.assign(caller, user).await, 403);
                circle.refuse(&circle.remove(caller, user).await, if user == caller.user.id.get() { 404 } else { 403 });
            }
        }
        for user in [2, 99] {
            circle.refuse(&circle.assign(&circle.amina, user).await, 404);
            circle.refuse(&circle.remove(&circle.amina, user).await, 404);
        }
        for path in ["2/assignAsAdmin", "x/assignAsAdmin", "01/removeUser", "9/removeUser"] {
            circle.refuse(&circle.put(&circle.amina, path, json!({ "userId": 3 })).await, 404);
        }
        assert_eq!(circle.members().await, ["amina", "musa", "zayd"]);
    }
}

#[tokio::test]
async fn members_are_removed_by_admins_and_by_themselves() {
    for generation in BOTH {
        let circle = Circle::new(generation).await;
        circle.remove(&circle.zayd, 4).await.assert(200, removed());
        circle.refuse(&circle.remove(&circle.amina, 4).await, 404);
        circle.app.add_moderator(&circle.group, &circle.amina, &circle.zayd).await;
        circle.assign(&circle.amina, 3).await.assert(200, assigned());
        // An admin may remove another.
        circle.remove(&circle.musa, 4).await.assert(200, removed());
        assert_eq!(circle.members().await, ["amina", "musa"]);
    }
}

#[tokio::test]
async fn no_owner_is_removed_not_even_one_of_two() {
    for generation in BOTH {
        let circle = Circle::new(generation).await;
        let (by, group, user) = (circle.amina.user.id, GroupRef::Id(circle.group.group.id), circle.zayd.user.id);
        let own = AssignRole { by, group, user: UserRef::Id(user), role: Role::Owner };
        circle.app.store().submit(own).await.expect("amina owns it");
        circle.assign(&circle.amina, 3).await.assert(200, assigned());
        for (caller, user) in [(&circle.musa, 1), (&circle.musa, 4), (&circle.amina, 4), (&circle.amina, 1)] {
            circle.refuse(&circle.remove(caller, user).await, 403);
        }
        assert_eq!(circle.members().await, ["amina", "musa", "zayd"]);
    }
}

#[tokio::test]
async fn who_was_only_invited_is_invited_no_more() {
    for generation in BOTH {
        let circle = Circle::new(generation).await;
        circle.put(&circle.amina, "1/inviteUser", json!({ "userId": 2 })).await.assert(200, done("invited"));
        circle.remove(&circle.amina, 2).await.assert(200, removed());
        circle.refuse(&circle.remove(&circle.amina, 2).await, 404);
        let list = circle.app.request("GET", "/guestlist/v1/groups/1/invitations").bearer(&circle.amina).send().await;
        assert_eq!(list.json()["data"], json!([]));
    }
}

#[tokio::test]
async fn a_body_is_an_object_with_one_integer() {
    let invalid =
        |message: &str| json!({ "success": false, "error": { "code": "ValidationError", "message": message } });
    let unprocessable = json!({
        "message": "The request was well-formed but was unable to be followed due to semantic errors",
        "type": "unprocessable_entity",
        "success": false,
    });
    let bad = json!({
        "message": "The request is missing required headers or is invalid", "type": "invalid_request", "success": false,
    });
    for generation in BOTH {
        let circle = Circle::new(generation).await;
        for (body, message, is_json) in [
            ("{}", "`userId` is required", true),
            (r#"{"userId":"3"}"#, "`userId` is invalid", true),
            (r#"{"userId":null}"#, "`userId` is invalid", true),
            (r#"{"userId":3.5}"#, "`userId` is invalid", true),
            (r#"{"userId":0}"#, "`userId` is invalid", true),
            (r#"{"userId":1e400}"#, "`userId` is invalid", true),
            (r#"{"email":"musa@example.org"}"#, "`email` is not allowed", true),
            (r#"{"userId":3,"role":"admin"}"#, "`role` is not allowed", true),
            ("[3]", "Request body is invalid", true),
            ("", "Request body is invalid", false),
            (r#"{"userId":3,"userId":3}"#, "Request body is invalid", false),
        ] {
            for path in ["1/assignAsAdmin", "1/removeUser"] {
                let reply = circle.put(&circle.amina, path, body).await;
                match generation {
                    Generation::Legacy => reply.assert(422, invalid(message)),
                    Generation::Gateway if is_json => reply.assert(422, unprocessable.clone()),
                    Generation::Gateway => reply.assert(400, bad.clone()),
                }
            }
        }
        circle.put(&circle.amina, "1/removeUser", r#"{"userId":3.0}"#).await.assert(200, removed());
    }
}
