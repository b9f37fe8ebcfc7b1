//! Groups: the caller's own, one at a time, and their life.

use serde_json::{Value, json};

use crate::support::{Circle, by_asker, group_not_found, invalid_field, lacks, not_allowed, problem, refusal, user};

const GROUP: &str = "/guestlist/v1/groups/1";
const NEW: &str = "2026-01-01T00:00:00.000Z";

/// The group of [`Circle`] as a change of it answers.
fn bare(circle: &Circle) -> Value {
    json!({
        "id": 1,
        "uid": circle.group.uid(),
        "slug": "circle",
        "name": "circle",
        "description": "about circle",
        "kind": "group",
        "language": null,
        "country": null,
        "is_public": false,
        "is_verified": false,
        "takes_requests": false,
        "is_token_enough": false,
        "members_max": null,
        "members_count": 2,
        "creator_id": 1,
        "ownership_offer": null,
        "archived_at": null,
        "deleted_at": null,
        "created_at": NEW,
        "updated_at": NEW,
    })
}

/// The same as a member of it sees it.
fn seen(circle: &Circle, roles: &[&str]) -> Value {
    let mut body = bare(circle);
    body["creator"] = user(&circle.amina);
    body["membership"] = json!({ "roles": roles, "joined_at": NEW });
    body
}

#[tokio::test]
async fn a_group_is_seen_by_its_members_and_a_public_one_by_all() {
    let circle = Circle::new().await;
    for name in ["1", circle.group.uid(), "circle"] {
        let reply = circle.get(&circle.amina, &format!("/guestlist/v1/groups/{name}")).await;
        reply.assert(200, seen(&circle, &["owner"]));
        assert_eq!(reply.header("etag").len(), 34);
    }
    circle.get(&circle.musa, GROUP).await.assert(200, seen(&circle, &[]));
    circle.get(&circle.bilal, GROUP).await.assert(404, group_not_found());
    let root = circle.app.admin("root").await;
    circle.get(&root, GROUP).await.assert(404, group_not_found());
    circle.app.public_group("open", &circle.amina).await;
    let open = circle.get(&circle.bilal, "/guestlist/v1/groups/open").await.json();
    assert_eq!((&open["id"], &open["is_public"], &open["membership"]), (&json!(2), &json!(true), &Value::Null));
}

#[tokio::test]
async fn ones_own_groups_come_page_by_page_while_they_change() {
    let circle = Circle::new().await;
    for n in 2..8 {
        let group = circle.app.group(&format!("group{n}"), &circle.amina).await;
        if n % 2 == 0 {
            circle.app.add_member(&group, &circle.amina, &circle.bilal).await;
        }
    }
    let list = "/guestlist/v1/groups?limit=1";
    let first = circle.get(&circle.bilal, list).await.json();
    assert_eq!(first["data"][0]["id"], 2);
    // The one that was shown goes, and one before it comes: the next page is the same all the same.
    circle.delete(&circle.bilal, "/guestlist/v1/groups/2/members/me").await;
    circle.app.add_member(&circle.group, &circle.amina, &circle.bilal).await;
    let next = format!("{list}&cursor={}", first["next_cursor"].as_str().expect("a next page"));
    let second = circle.get(&circle.bilal, &next).await.json();
    assert_eq!((&second["data"][0]["id"], &second["data"][0]["membership"]["roles"]), (&json!(4), &json!([])));
    let all = circle.list(&circle.bilal, "/guestlist/v1/groups").await;
    assert_eq!(all.iter().map(|group| group["id"].as_i64().unwrap()).collect::<Vec<_>>(), [1, 4, 6]);
}

#[tokio::test]
async fn whoever_makes_a_group_owns_it() {
    let circle = Circle::new().await;
    let new = json!({ "name": "Book Club", "description": "We read.\nA lot.", "is_public": true });
    let made = circle.post(&circle.bilal, "/guestlist/v1/groups", new).await;
    let mut wanted = bare(&circle);
    for (name, value) in [
        ("id", json!(2)),
        ("uid", made.json()["uid"].clone()),
        ("slug", json!("book-club")),
        ("name", json!("Book Club")),
        ("description", json!("We read.\nA lot.")),
        ("is_public", json!(true)),
        ("members_count", json!(1)),
        ("creator_id", json!(2)),
    ] {
        wanted[name] = value;
    }
    made.assert(201, wanted);
    assert_eq!(made.header("location"), "/guestlist/v1/groups/2");
    let shown = circle.get(&circle.bilal, "/guestlist/v1/groups/2").await;
    assert_eq!(shown.json()["membership"]["roles"], json!(["owner"]));
    assert_eq!(shown.header("etag"), made.header("etag"));

    // A name without a letter that could stand in an address.
    let arabic = circle.post(&circle.bilal, "/guestlist/v1/groups", json!({ "name": "حلقة" })).await.json();
    assert_eq!(arabic["slug"], arabic["uid"]);
    let taken = circle.post(&circle.bilal, "/guestlist/v1/groups", json!({ "name": "x", "slug": "circle" })).await;
    taken.assert(409, refusal(409, "slug_taken", "This slug is taken.", by_asker("Slugs are unique.")));
}

#[tokio::test]
async fn administrators_make_groups_for_others_and_nobody_else_does() {
    let circle = Circle::new().await;
    let root = circle.app.admin("root").await;
    let new = json!({ "name": "Club", "owner_id": 2 });
    let reply = circle.post(&circle.amina, "/guestlist/v1/groups", new.clone()).await;
    assert_eq!((reply.status, &reply.json()["code"]), (403, &json!("administrators_only")));
    assert_eq!(circle.post(&root, "/guestlist/v1/groups", new).await.json()["creator_id"], 2);
}

#[tokio::test]
async fn a_group_is_changed_by_who_runs_it() {
    let circle = Circle::new().await;
    let change = json!({ "name": "Our circle", "takes_requests": true, "members_max": 7, "country": " Türkiye " });
    circle.patch(&circle.musa, GROUP, change.clone()).await.assert(403, not_allowed());
    circle.patch(&circle.bilal, GROUP, change.clone()).await.assert(404, group_not_found());
    circle.app.clock.advance_millis(1000);
    let mut wanted = bare(&circle);
    wanted["name"] = "Our circle".into();
    wanted["takes_requests"] = true.into();
    wanted["members_max"] = 7.into();
    wanted["country"] = "Türkiye".into();
    wanted["updated_at"] = "2026-01-01T00:00:01.000Z".into();
    circle.patch(&circle.amina, GROUP, change).await.assert(200, wanted.clone());
    wanted["members_max"] = Value::Null;
    wanted["country"] = Value::Null;
    let reply = circle.patch(&circle.amina, GROUP, json!({ "members_max": null, "country": null })).await;
    reply.assert(200, wanted.clone());
    circle.patch(&circle.amina, GROUP, json!({})).await.assert(200, wanted);

    let seats = circle.patch(&circle.amina, GROUP, json!({ "members_max": 1 })).await;
    let rule = "A group has at least as many seats as members, and no more than the operator allows.";
    let explanation =
        json!({ "rule": rule, "fact": { "kind": "count", "count": 2, "max": 1 }, "remedy": { "who": "asker" } });
    seats.assert(422, refusal(422, "seats_out_of_range", rule, explanation));
    for (body, pointer) in [
        (json!({ "name": "" }), "/name"),
        (json!({ "name": null }), "/name"),
        (json!({ "description": "a\u{0}" }), "/description"),
        (json!({ "is_public": "yes" }), "/is_public"),
        (json!({ "members_max": 1.5 }), "/members_max"),
        (json!({ "members_max": 1e30 }), "/members_max"),
        (json!({ "owner": 2 }), "/owner"),
        (json!([]), ""),
    ] {
        let reply = circle.patch(&circle.amina, GROUP, body).await;
        assert_eq!((reply.status, &reply.json()["pointer"]), (422, &json!(pointer)), "{}", reply.text);
    }
    let form = "Write 1 to 100 letters, digits and . _ -.";
    circle.patch(&circle.amina, GROUP, json!({ "slug": "a b" })).await.assert(422, invalid_field("/slug", form));
}

#[tokio::test]
async fn a_change_that_insists_on_a_version_is_made_to_that_one_only() {
    let circle = Circle::new().await;
    let etag = circle.get(&circle.amina, GROUP).await.header("etag").to_owned();
    let rename = |name: &str, etag: &str| {
        let request = circle.app.request("PATCH", GROUP).bearer(&circle.amina).header("if-match", etag);
        request.body(json!({ "name": name }).to_string()).send()
    };
    let first = rename("one", &etag).await;
    assert_eq!(first.status, 200);
    let detail = "It has changed since you looked. Look again, and decide again.";
    rename("two", &etag).await.assert(412, problem(412, "changed_meanwhile", detail));
    assert_eq!(rename("two", first.header("etag")).await.json()["name"], "two");
}

#[tokio::test]
async fn owners_archive_a_group_delete_it_and_bring_it_back() {
    let circle = Circle::new().await;
    let layla = circle.app.person("layla").await;
    circle.app.add_moderator(&circle.group, &circle.amina, &layla).await;
    for (method, path) in [("POST", "/archive"), ("POST", "/unarchive"), ("DELETE", ""), ("POST", "/restore")]
        .map(|(m, p)| (m, format!("{GROUP}{p}")))
    {
        let reply = circle.send(&layla, method, &path).await;
        reply.assert(403, lacks(Some(&["moderator"]), &["owner"]));
        circle.send(&circle.bilal, method, &path).await.assert(404, group_not_found());
        let reply = circle.send(&circle.amina, method, &path).await;
        assert_eq!(reply.status, 200, "{path} {}", reply.text);
        let body = reply.json();
        let (archived, deleted) = (!body["archived_at"].is_null(), !body["deleted_at"].is_null());
        assert_eq!((archived, deleted), (path.ends_with("/archive"), method == "DELETE"), "{path}");
        if deleted {
            circle.get(&circle.amina, GROUP).await.assert(404, group_not_found());
            assert_eq!(circle.list(&circle.amina, "/guestlist/v1/groups").await, [] as [Value; 0]);
        }
    }
}

#[tokio::test]
async fn strangers_of_a_public_group_do_not_learn_that_it_is_being_offered() {
    let circle = Circle::new().await;
    circle.patch(&circle.amina, GROUP, json!({ "is_public": true })).await;
    let look = || async {
        let stranger = circle.get(&circle.bilal, GROUP).await;
        let member = circle.get(&circle.musa, GROUP).await;
        ((stranger.header("etag").to_owned(), stranger.text), member.header("etag").to_owned())
    };
    let (before, shown_before) = look().await;
    let offer =
        circle.with_body(&circle.amina, "PUT", &format!("{GROUP}/ownership_offer"), json!({ "to_id": 3 })).await;
    assert_eq!(offer.status, 200, "{}", offer.text);
    let (after, shown_after) = look().await;
    assert_eq!((&before, before.0.as_str()), (&after, ""));
    assert_ne!(shown_before, shown_after);
}
