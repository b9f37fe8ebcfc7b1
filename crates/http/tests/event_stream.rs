//! What happens is told to those who may see it, as it happens.

#![expect(clippy::unwrap_used, reason = "a test whose own steps fail shall stop there")]

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::Request;
use futures_util::StreamExt as _;
use guestlist_core::command::{DisableUser, IssueToken, RemoveMember, RevokeToken};
use guestlist_core::credential::TokenRef;
use guestlist_core::group::GroupRef;
use guestlist_core::ids::TokenId;
use guestlist_core::ports::Clock as _;
use guestlist_core::time::Lifetime;
use guestlist_core::user::UserRef;
use guestlist_identity::token::PlainToken;
use guestlist_testing::{Group, Person, SeededEntropy, TestApp};
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// Longer than anything here takes, so that a test that would hang fails.
const PATIENCE: Duration = Duration::from_secs(20);

const ALL: &str = "/guestlist/v1/events/stream";
const OF_CIRCLE: &str = "/guestlist/v1/groups/circle/events/stream";

/// The private group "circle" of amina. bilal, cemal and dina are nobody there yet.
struct Circle {
    app: TestApp,
    amina: Person,
    bilal: Person,
    cemal: Person,
    group: Group,
}

impl Circle {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let (amina, bilal, cemal) = (app.person("amina").await, app.person("bilal").await, app.person("cemal").await);
        let group = app.group("circle", &amina).await;
        Self { app, amina, bilal, cemal, group }
    }

    /// Amina invites through the legacy API.
    async fn invite(&self, whom: &Value) {
        let path = format!("/v1/groups/{}/inviteUser", self.group.id());
        let request = self.app.request("PUT", &path).legacy(&self.amina.token).header("x-request-id", "r-1");
        assert_eq!(request.body(whom.to_string()).send().await.status, 200);
    }

    async fn answer(&self, person: &Person, verb: &str) {
        let mine = self.app.request("GET", "/guestlist/v1/invitations").bearer(person).send().await.json();
        let path = format!("/guestlist/v1/invitations/{}/{verb}", mine["data"][0]["id"].as_str().unwrap());
        assert_eq!(self.app.request("POST", &path).bearer(person).send().await.status, 200);
    }

    async fn remove(&self, person: &Person) {
        let (by, group) = (self.amina.user.id, GroupRef::Id(self.group.group.id));
        let remove = RemoveMember { by, group, user: UserRef::Id(person.user.id), spares_owners: false };
        self.app.store().submit(remove).await.unwrap();
    }

    async fn read(&self, path: &str, person: &Person) -> Reader {
        self.read_behind(path, person, None).await
    }

    async fn read_behind(&self, path: &str, person: &Person, last: Option<&str>) -> Reader {
        Reader::open(&self.app, path, &person.token, last).await
    }
}

/// One who reads a stream.
struct Reader {
    head: axum::http::response::Parts,
    body: BodyDataStream,
    left: String,
}

/// A block of a stream, by its fields.
#[derive(Debug, Default, PartialEq, Eq)]
struct Block {
    id: Option<String>,
    event: Option<String>,
    data: Option<String>,
    retry: Option<String>,
    comment: Option<String>,
}

impl Block {
    fn data(&self) -> Value {
        serde_json::from_str(self.data.as_deref().unwrap()).unwrap()
    }
}

impl Reader {
    async fn open(app: &TestApp, path: &str, token: &str, last: Option<&str>) -> Self {
        let mut request = Request::get(path).header("authorization", format!("Bearer {token}"));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = app.router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        assert_eq!(head.status, 200);
        Self { head, body: body.into_data_stream(), left: String::new() }
    }

    /// The next block that says anything; `None` at the end.
    async fn block(&mut self) -> Option<Block> {
        let next = async {
            loop {
                let block = self.any_block().await?;
                if block.comment.as_deref() != Some("") {
                    return Some(block);
                }
            }
        };
        tokio::time::timeout(PATIENCE, next).await.expect("something is told")
    }

    async fn any_block(&mut self) -> Option<Block> {
        loop {
            if let Some(end) = self.left.find("\n\n") {
                let block: String = self.left.drain(..end + 2).collect();
                let mut parsed = Block::default();
                for line in block.trim_end().lines() {
                    let (name, value) = line.split_once(':').unwrap();
                    let value = Some(value.strip_prefix(' ').unwrap_or(value).to_owned());
                    match name {
                        "id" => parsed.id = value,
                        "event" => parsed.event = value,
                        "data" => parsed.data = value,
                        "retry" => parsed.retry = value,
                        "" => parsed.comment = value,
                        _ => panic!("no such field: {line}"),
                    }
                }
                return Some(parsed);
            }
            let bytes = self.body.next().await?.unwrap();
            self.left.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    /// The kinds of so many events, which begin with the next that has data.
    async fn kinds(&mut self, count: usize) -> Vec<String> {
        let mut kinds = Vec::new();
        while kinds.len() < count {
            kinds.extend(self.block().await.expect("the stream goes on").event);
        }
        kinds
    }

    async fn begin(&mut self) -> String {
        self.block().await.unwrap().id.unwrap()
    }

    /// The comment at the end.
    async fn end(&mut self) -> String {
        let last = self.block().await.unwrap();
        assert_eq!((&last.event, self.block().await), (&None, None));
        last.comment.unwrap()
    }
}

#[tokio::test]
async fn a_stream_says_where_it_begins_and_tells_what_happens() {
    let circle = Circle::new().await;
    let mut reader = circle.read(OF_CIRCLE, &circle.amina).await;
    let header = |name: &str| reader.head.headers[name].to_str().unwrap();
    assert_eq!(header("content-type"), "text/event-stream");
    assert_eq!((header("cache-control"), header("x-accel-buffering")), ("no-store", "no"));
    let begin = reader.block().await.unwrap();
    let [position, group, seq] = begin.id.as_deref().unwrap().split('.').collect::<Vec<_>>()[..] else { panic!() };
    assert_eq!((group, seq), ("1", "2"));
    let expected = Block {
        id: begin.id.clone(),
        retry: Some("1000".to_owned()),
        comment: Some("listening".to_owned()),
        ..Block::default()
    };
    assert_eq!(begin, expected);

    circle.invite(&json!({ "email": "new@example.org" })).await;
    let told = reader.block().await.unwrap();
    let next: i64 = position.parse::<i64>().unwrap() + 1;
    assert_eq!(told.id, Some(format!("{next}.1.3")));
    assert_eq!(told.event.as_deref(), Some("invitation.made"));
    let data = told.data();
    let id = data["thing"]["id"].as_str().unwrap();
    let expected = json!({
        "kind": "invitation.made",
        "group_id": 1,
        "seq": 3,
        "at": "2026-01-01T00:00:00.000Z",
        "actor_id": 1,
        "via": "quran-legacy",
        "client_id": null,
        "request_id": "r-1",
        "batch_id": null,
        "thing": { "kind": "invitation", "id": id },
        "before": null,
        "after": {
            "user": null,
            "email": "new@example.org",
            "inviter": 1,
            "roles": [],
            "state": "pending",
            "created_at": "2026-01-01T00:00:00.000Z",
            "sent_at": "2026-01-01T00:00:00.000Z",
            "expires_at": "2026-01-08T00:00:00.000Z",
            "remind_at": "2026-01-06T00:00:00.000Z",
            "closed_at": null,
            "closed_by": null,
        },
    });
    assert_eq!(data, expected);
}

#[tokio::test]
async fn each_reader_is_told_what_they_may_see() {
    let circle = Circle::new().await;
    circle.app.add_member(&circle.group, &circle.amina, &circle.cemal).await;
    let mut amina = circle.read(ALL, &circle.amina).await;
    let mut bilal = circle.read(ALL, &circle.bilal).await;
    let mut cemal = circle.read(OF_CIRCLE, &circle.cemal).await;
    circle.invite(&json!({ "userId": circle.bilal.id() })).await;
    circle.answer(&circle.bilal, "accept").await;
    // Now a member, and told what members are told.
    circle.invite(&json!({ "email": "new@example.org" })).await;
    circle.remove(&circle.cemal).await;
    let all = ["invitation.made", "invitation.accepted", "member.joined", "invitation.made", "member.removed"];
    assert_eq!(amina.kinds(5).await, all);
    assert_eq!(bilal.kinds(4).await, ["invitation.made", "invitation.accepted", "member.joined", "member.removed"]);
    assert_eq!(cemal.kinds(2).await, ["member.joined", "member.removed"]);
    // Who is removed may read no more of the group.
    assert_eq!(cemal.end().await, "you may not read this any more");
}

#[tokio::test]
async fn who_comes_into_a_group_and_goes_again_is_told_only_what_happens_between() {
    let circle = Circle::new().await;
    let mut bilal = circle.read(ALL, &circle.bilal).await;
    circle.app.add_member(&circle.group, &circle.amina, &circle.bilal).await;
    assert_eq!(bilal.kinds(1).await, ["member.joined"]);
    circle.app.add_member(&circle.group, &circle.amina, &circle.cemal).await;
    assert_eq!(bilal.kinds(1).await, ["member.joined"]);
    circle.remove(&circle.bilal).await;
    assert_eq!(bilal.kinds(1).await, ["member.removed"]);
    circle.remove(&circle.cemal).await;
    let other = circle.app.group("other", &circle.bilal).await;
    assert_eq!(bilal.kinds(2).await, ["group.created", "member.joined"]);
    assert_eq!(other.id(), 2);
}

#[tokio::test]
async fn a_reader_who_comes_back_misses_nothing_and_is_told_nothing_twice() {
    for path in [ALL, OF_CIRCLE] {
        let circle = Circle::new().await;
        let mut first = circle.read(path, &circle.amina).await;
        let begin = first.begin().await;
        // More than is read from the database at once.
        for n in 0..120 {
            circle.invite(&json!({ "email": format!("p{n}@example.org") })).await;
        }
        let mut told = Vec::new();
        for _ in 0..120 {
            told.push(first.block().await.unwrap());
        }
        let ids: Vec<_> = told.iter().map(|block| block.id.clone().unwrap()).collect();
        for (last, missed) in [(&begin, 0), (&ids[0], 1), (&ids[60], 61), (&ids[118], 119)] {
            let by_query = format!("{path}?after={last}");
            for mut back in [
                circle.read_behind(path, &circle.amina, Some(last)).await,
                circle.read(&by_query, &circle.amina).await,
                // The header is the later word.
                circle.read_behind(&format!("{path}?after={begin}"), &circle.amina, Some(last)).await,
            ] {
                assert_eq!(back.begin().await, *last);
                for block in &told[missed..] {
                    assert_eq!(back.block().await.as_ref(), Some(block));
                }
            }
        }
    }
}

#[tokio::test]
async fn a_reader_who_comes_back_after_a_restart_goes_on_where_they_were() {
    let circle = Circle::new().await;
    let begin = circle.read(ALL, &circle.amina).await.begin().await;
    circle.invite(&json!({ "email": "one@example.org" })).await;
    let circle = Circle { app: circle.app.restart(), ..circle };
    let mut back = circle.read_behind(ALL, &circle.amina, Some(&begin)).await;
    circle.invite(&json!({ "email": "two@example.org" })).await;
    let mut emails = Vec::new();
    while emails.len() < 2 {
        let block = back.block().await.unwrap();
        emails.extend(block.data.is_some().then(|| block.data()["after"]["email"].clone()));
    }
    assert_eq!(emails, ["one@example.org", "two@example.org"]);
}

#[tokio::test]
async fn a_place_that_there_is_not_is_refused() {
    let circle = Circle::new().await;
    circle.app.group("second", &circle.amina).await;
    let in_second = "/guestlist/v1/groups/second/events/stream";
    let of_second = circle.read(in_second, &circle.amina).await.begin().await;
    let beyond = "999999.1.1".to_owned();
    let refused = async |path: &str, header: Option<&str>| {
        let request = circle.app.request("GET", path).bearer(&circle.amina);
        let (request, code, place, detail) = match header {
            Some(last) => {
                let detail = "The header `Last-Event-ID` cannot be used: send the `id` of an event of this stream, or leave \
                              it out.";
                (request.header("last-event-id", last), "invalid_header", ("header", "Last-Event-ID"), detail)
            }
            None => (request, "invalid_parameter", ("parameter", "after"), "The parameter `after` cannot be read."),
        };
        let mut body = json!({
            "type": "about:blank", "title": "Unprocessable Entity", "status": 422, "code": code, "detail": detail,
        });
        body[place.0] = place.1.into();
        request.send().await.assert(422, body);
    };
    for text in ["", "x", "1.2", "1.2.3.4", "-1.0.0", &beyond] {
        refused(ALL, Some(text)).await;
        refused(&format!("{ALL}?after={text}"), None).await;
    }
    refused(OF_CIRCLE, Some(&of_second)).await;
}

#[tokio::test]
async fn who_may_not_read_is_told_so() {
    let circle = Circle::new().await;
    let narrow = circle.app.token(&UserRef::Id(circle.amina.user.id), "room", None).await;
    for path in [ALL, OF_CIRCLE] {
        assert_eq!(circle.app.request("GET", path).send().await.status, 401);
        let narrow = format!("Bearer {narrow}");
        assert_eq!(circle.app.request("GET", path).header("authorization", &narrow).send().await.status, 403);
    }
    let reply = circle.app.request("GET", OF_CIRCLE).bearer(&circle.bilal).send().await;
    assert_eq!((reply.status, reply.json()["code"].clone()), (404, json!("group_not_found")));
}

#[tokio::test]
async fn a_token_that_is_revoked_is_good_for_nothing_more() {
    let circle = Circle::new().await;
    let token = PlainToken::presented("glt_for-a-stream-only").unwrap();
    let id = TokenId::generate(circle.app.clock.now(), &SeededEntropy::new(2));
    let user = UserRef::Id(circle.amina.user.id);
    let issue = IssueToken {
        by: None,
        within: None,
        id,
        hash: token.hash(),
        user,
        client: None,
        scopes: None,
        lifetime: None,
        personal: None,
        replaces: false,
    };
    circle.app.store().submit(issue).await.unwrap();
    let mut reader = Reader::open(&circle.app, ALL, token.reveal(), None).await;
    reader.begin().await;
    circle.app.store().submit(RevokeToken { by: None, token: TokenRef::Id(id) }).await.unwrap();
    assert_eq!(reader.kinds(1).await, ["token.revoked"]);
    assert_eq!(reader.end().await, "the access token is not valid any more");
}

#[tokio::test]
async fn a_token_that_has_expired_is_good_for_nothing_more() {
    let circle = Circle::new().await;
    let token = circle.app.token(&UserRef::Id(circle.amina.user.id), "*", Some(Lifetime::from_secs(60))).await;
    let mut reader = Reader::open(&circle.app, ALL, &token, None).await;
    reader.begin().await;
    circle.app.clock.advance_millis(59_000);
    circle.invite(&json!({ "email": "one@example.org" })).await;
    assert_eq!(reader.kinds(1).await, ["invitation.made"]);
    circle.app.clock.advance_millis(31_000);
    circle.invite(&json!({ "email": "two@example.org" })).await;
    assert_eq!(reader.end().await, "the access token is not valid any more");
}

#[tokio::test]
async fn who_is_switched_off_is_told_that_and_nothing_more() {
    let circle = Circle::new().await;
    let mut reader = circle.read(ALL, &circle.bilal).await;
    reader.begin().await;
    circle.app.store().submit(DisableUser { by: None, user: UserRef::Id(circle.bilal.user.id) }).await.unwrap();
    assert_eq!(reader.kinds(1).await, ["user.disabled"]);
    assert_eq!(reader.end().await, "the access token is not valid any more");
}

#[tokio::test]
async fn a_server_that_stops_ends_its_streams_and_begins_none() {
    let circle = Circle::new().await;
    let mut readers = [circle.read(ALL, &circle.amina).await, circle.read(OF_CIRCLE, &circle.amina).await];
    circle.app.store().end_listening();
    for reader in &mut readers {
        reader.begin().await;
        assert_eq!(reader.end().await, "the server is stopping; come back with Last-Event-ID");
    }
    let reply = circle.app.request("GET", ALL).bearer(&circle.amina).send().await;
    assert_eq!((reply.status, reply.header("retry-after")), (503, "1"));
    // Everything else goes on.
    circle.invite(&json!({ "email": "new@example.org" })).await;
}

#[tokio::test]
async fn one_person_reads_sixteen_streams_at_once_and_a_seat_is_free_when_one_ends() {
    let circle = Circle::new().await;
    let mut readers = Vec::new();
    for _ in 0..16 {
        readers.push(circle.read(ALL, &circle.amina).await);
    }
    let ask = || circle.app.request("GET", ALL).bearer(&circle.amina).send();
    let refused = ask().await;
    assert_eq!((refused.status, &refused.json()["code"]), (429, &json!("too_many_requests")));
    assert_eq!(refused.header("retry-after"), "30");
    // Nobody else is in the way.
    circle.read(ALL, &circle.bilal).await;
    readers.pop();
    circle.read(ALL, &circle.amina).await;
}
