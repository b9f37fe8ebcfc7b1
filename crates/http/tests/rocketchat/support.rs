//! People, groups and the answers that many endpoints share.

use guestlist_core::chat::Profile;
use guestlist_core::command::{AddUser, AssignRole, DisableUser};
use guestlist_core::global_role::GlobalRoles;
use guestlist_core::group::GroupRef;
use guestlist_core::ids::Uid;
use guestlist_core::member::Role;
use guestlist_core::names::{DisplayName, Subject, Username};
use guestlist_core::user::{User, UserRef};
use guestlist_testing::{Group, Person, Reply, TestApp};
use serde_json::{Value, json};

/// When the clock of every test stands still.
pub(crate) const START: &str = "2026-01-01T00:00:00.000Z";

/// A guestlist with the private group `team` of amina.
pub(crate) struct World {
    pub(crate) app: TestApp,
    pub(crate) amina: Person,
    pub(crate) team: Group,
}

pub(crate) async fn world() -> World {
    let app = TestApp::new().await;
    let amina = app.person("amina").await;
    let team = app.group("team", &amina).await;
    World { app, amina, team }
}

impl World {
    pub(crate) async fn get(&self, caller: &Person, path: &str) -> Reply {
        self.app.request("GET", path).rocketchat(caller).send().await
    }

    pub(crate) async fn post(&self, caller: &Person, name: &str, body: Value) -> Reply {
        let request = self.app.request("POST", &format!("/api/v1/{name}")).rocketchat(caller);
        request.header("content-type", "application/json").body(body.to_string()).send().await
    }

    pub(crate) async fn invite(&self, caller: &Person, body: Value) -> Reply {
        self.invite_raw(caller, "application/json", body.to_string()).await
    }

    pub(crate) async fn invite_raw(&self, caller: &Person, content_type: &str, body: impl Into<Vec<u8>>) -> Reply {
        let request = self.app.request("POST", "/api/v1/groups.invite").rocketchat(caller);
        request.header("content-type", content_type).body(body.into()).send().await
    }

    /// The group `team` as amina sees it.
    pub(crate) async fn team_now(&self) -> Value {
        let reply = self.get(&self.amina, &format!("/api/v1/groups.info?roomId={}", self.team.uid())).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json()["group"].clone()
    }

    pub(crate) async fn add_leader(&self, person: &Person) {
        self.app.add_member(&self.team, &self.amina, person).await;
        let assign = AssignRole {
            by: self.amina.user.id,
            group: GroupRef::Id(self.team.group.id),
            user: UserRef::Id(person.user.id),
            role: Role::Leader,
        };
        self.app.store().submit(assign).await.unwrap();
    }

    pub(crate) async fn disable(&self, person: &Person) {
        self.app.store().submit(DisableUser { by: None, user: UserRef::Id(person.user.id) }).await.unwrap();
    }

    /// Opens an account that nobody will sign in to.
    pub(crate) async fn account(&self, username: &str, name: &str) -> User {
        let add = AddUser {
            language: None,
            by: None,
            id: None,
            uid: Uid::parse(&format!("uid-of-{username}")).unwrap(),
            subject: Subject::parse(&format!("subject of {username}")).unwrap(),
            username: Some(Username::parse(username).unwrap()),
            name: Some(DisplayName::parse(name).unwrap()),
            email: None,
            is_admin: false,
            roles: GlobalRoles::default(),
            password: None,
            is_email_verified: true,
            is_founder: false,
            profile: Profile::default(),
        };
        self.app.store().submit(add).await.unwrap().0
    }

    /// Opens the accounts p000, p001, … and returns their usernames.
    pub(crate) async fn crowd(&self, size: usize) -> Vec<String> {
        let names: Vec<String> = (0..size).map(|n| format!("p{n:03}")).collect();
        futures_util::future::join_all(names.iter().map(|name| self.account(name, "one of many"))).await;
        names
    }

    /// Archives the group at [`START`], without the notice that an API would leave in it.
    pub(crate) fn archive(&self, group: &Group) {
        self.sql("UPDATE \"groups\" SET archived_at = 1767225600000 WHERE id = ?1", group.id());
    }

    pub(crate) fn sql(&self, statement: &str, id: i64) {
        let connection = rusqlite::Connection::open(self.app.database()).unwrap();
        assert_eq!(connection.execute(statement, [id]).unwrap(), 1, "{statement}");
    }
}

/// A group of amina's as it is shown (3.1), made at [`START`], with the members `usernames`.
pub(crate) fn room(group: &Group, owner: &Person, usernames: &[&str], msgs: usize, updated_at: &str) -> Value {
    let slug = group.group.slug.as_str();
    json!({
        "_id": group.uid(),
        "name": slug,
        "fname": slug,
        "t": "p",
        "msgs": msgs,
        "usersCount": usernames.len(),
        "usernames": usernames,
        "u": { "_id": owner.uid(), "username": "amina", "name": "amina the person" },
        "ts": START,
        "ro": false,
        "default": false,
        "sysMes": true,
        "description": format!("about {slug}"),
        "_updatedAt": updated_at,
    })
}

/// A refusal of the domain (1.3 A) without details.
pub(crate) fn refused(code: &str, reason: &str) -> Value {
    json!({ "success": false, "error": format!("{reason} [{code}]"), "errorType": code })
}

pub(crate) fn room_not_found() -> Value {
    let reason = "The required \"roomId\" or \"roomName\" param provided does not match any group";
    refused("error-room-not-found", reason)
}

pub(crate) fn room_param_not_provided() -> Value {
    refused("error-room-param-not-provided", "The parameter \"roomId\" or \"roomName\" is required")
}

/// The answer to everybody who is nobody (1.4).
pub(crate) fn not_logged_in() -> Value {
    json!({
        "success": false,
        "error": "You must be logged in to do this.",
        "status": "error",
        "message": "You must be logged in to do this.",
    })
}

/// Bodies that do not fit the schema (1.5).
pub(crate) fn invalid_body(error: &str) -> Value {
    json!({ "success": false, "errorType": "invalid-params", "error": error })
}

/// Query strings that do not fit the schema (1.5).
pub(crate) fn invalid_query(error: &str) -> Value {
    json!({ "success": false, "errorType": "error-invalid-params", "error": error })
}

/// The validator's words where a group is named neither by id nor by name.
pub(crate) const NO_ROOM: &str = "must have required property 'roomId'\nmust have required property 'roomName'\nmust \
                                  match exactly one schema in oneOf";

/// The validator's words where a group is named by id and by name, and only one is allowed.
pub(crate) const TWO_ROOMS: &str = "must NOT have additional properties\nmust NOT have additional properties\nmust \
                                    match exactly one schema in oneOf";

/// The validator's words where the group is named by id and something else is wrong.
pub(crate) fn complaint(complaint: &str) -> String {
    format!("{complaint}\nmust have required property 'roomName'\nmust match exactly one schema in oneOf")
}

/// Puts any text into a query string.
pub(crate) fn escaped(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
