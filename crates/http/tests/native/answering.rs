//! Accepting and declining.

use guestlist_core::command::RemoveMember;
use guestlist_core::group::GroupRef;
use guestlist_core::user::UserRef;
use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Circle, MEMBERS, MINE, OF_GROUP, accepted, declined, invitation_not_found, over};

const NEW: &str = "2026-01-01T00:00:00.000Z";
const WEEK_MILLIS: i64 = 7 * 86_400_000;

#[tokio::test]
async fn whoever_accepts_is_a_member_and_may_say_so_twice() {
    let circle = Circle::new().await;
    let invitation = circle.invite_bilal().await;
    let reply = circle.accept(&circle.bilal, &invitation).await;
    assert_snapshot!(reply.text, @r#"{"state":"accepted","group_id":1,"is_new_member":true,"standing":"joined"}"#);
    assert!(circle.is_member(&circle.bilal).await);
    assert_eq!(circle.list(&circle.bilal, MINE).await.len(), 0);
    assert_eq!(circle.list(&circle.amina, OF_GROUP).await.len(), 0);

    circle.accept(&circle.bilal, &invitation).await.assert(200, accepted(false));
    circle.decline(&circle.bilal, &invitation).await.assert(409, over("accepted", NEW));
    assert!(circle.is_member(&circle.bilal).await);
}

#[tokio::test]
async fn whoever_declines_stays_out_and_may_say_so_twice() {
    let circle = Circle::new().await;
    let invitation = circle.invite_bilal().await;
    let reply = circle.decline(&circle.bilal, &invitation).await;
    assert_snapshot!(reply.text, @r#"{"state":"declined","group_id":1}"#);
    assert_eq!(circle.list(&circle.bilal, MINE).await.len(), 0);
    assert_eq!(circle.list(&circle.amina, OF_GROUP).await.len(), 0);

    circle.decline(&circle.bilal, &invitation).await.assert(200, declined());
    circle.accept(&circle.bilal, &invitation).await.assert(409, over("declined", NEW));
    assert!(!circle.is_member(&circle.bilal).await);
}

#[tokio::test]
async fn a_new_invitation_after_a_no_can_be_accepted_and_the_old_one_cannot() {
    let circle = Circle::new().await;
    let old = circle.invite_bilal().await;
    circle.decline(&circle.bilal, &old).await.assert(200, declined());
    let new = circle.invite_bilal().await;
    circle.accept(&circle.bilal, &old).await.assert(409, over("declined", NEW));
    circle.accept(&circle.bilal, &new).await.assert(200, accepted(true));
}

#[tokio::test]
async fn an_accepted_invitation_does_not_bring_back_who_was_removed() {
    let circle = Circle::new().await;
    let invitation = circle.invite_bilal().await;
    circle.accept(&circle.bilal, &invitation).await.assert(200, accepted(true));
    let (group, user) = (GroupRef::Id(circle.group.group.id), UserRef::Id(circle.bilal.user.id));
    circle
        .app
        .store()
        .submit(RemoveMember { by: circle.amina.user.id, group, user, spares_owners: false })
        .await
        .unwrap();
    circle.accept(&circle.bilal, &invitation).await.assert(409, over("accepted", NEW));
    assert!(!circle.is_member(&circle.bilal).await);
}

#[tokio::test]
async fn a_withdrawn_invitation_is_over() {
    let circle = Circle::new().await;
    let invitation = circle.invite_bilal().await;
    let (group, user) = (GroupRef::Id(circle.group.group.id), UserRef::Id(circle.bilal.user.id));
    circle
        .app
        .store()
        .submit(RemoveMember { by: circle.amina.user.id, group, user, spares_owners: false })
        .await
        .unwrap();
    circle.accept(&circle.bilal, &invitation).await.assert(409, over("revoked", NEW));
    circle.decline(&circle.bilal, &invitation).await.assert(409, over("revoked", NEW));
}

#[tokio::test]
async fn an_invitation_does_not_exist_for_anybody_else() {
    let circle = Circle::new().await;
    let stranger = circle.app.person("stranger").await;
    let root = circle.app.admin("root").await;
    for who in [json!({ "user_id": circle.bilal.id() }), json!({ "email": "nobody@example.com" })] {
        let invitation = circle.invite(who).await;
        for person in [&stranger, &root, &circle.amina, &circle.musa] {
            circle.accept(person, &invitation).await.assert(404, invitation_not_found());
            circle.decline(person, &invitation).await.assert(404, invitation_not_found());
        }
    }
    assert_eq!(circle.list(&circle.amina, OF_GROUP).await.len(), 2);
    assert!(!circle.is_member(&stranger).await);
}

#[tokio::test]
async fn a_name_of_no_invitation_is_not_found() {
    let circle = Circle::new().await;
    let pending = circle.invite_bilal().await;
    let shorter = &pending[..pending.len() - 1];
    for name in ["abc", "1", "00000000-0000-0000-0000-000000000000", "%FF", "%00", shorter, "x%2Fy"] {
        circle.accept(&circle.bilal, name).await.assert(404, invitation_not_found());
        circle.decline(&circle.bilal, name).await.assert(404, invitation_not_found());
    }
}

#[tokio::test]
async fn an_invited_address_is_answered_by_whoever_has_verified_it() {
    for verb in ["accept", "decline"] {
        let circle = Circle::new().await;
        let invitation = circle.invite(json!({ "email": "Dawud@Example.org" })).await;
        circle.answer(&circle.bilal, &invitation, verb).await.assert(404, invitation_not_found());

        // The operator vouches for the address, and it is compared without case.
        let dawud = circle.app.person("dawud").await;
        let mine = circle.list(&dawud, MINE).await;
        assert_eq!(mine.len(), 1);
        assert_eq!((&mine[0]["id"], &mine[0]["email"]), (&json!(invitation), &json!("Dawud@Example.org")));

        let reply = circle.answer(&dawud, &invitation, verb).await;
        reply.assert(200, if verb == "accept" { accepted(true) } else { declined() });
        assert_eq!(circle.is_member(&dawud).await, verb == "accept");
    }
}

#[tokio::test]
async fn accepting_settles_what_else_was_offered_to_the_same_person() {
    let circle = Circle::new().await;
    let to_address = circle.invite(json!({ "email": "dawud@example.org" })).await;
    let other = circle.invite(json!({ "email": "dawud@example.com" })).await;
    let dawud = circle.app.person("dawud").await;
    circle.accept(&dawud, &to_address).await.assert(200, accepted(true));
    // The other address is nobody's, as far as anybody knows.
    circle.accept(&dawud, &other).await.assert(404, invitation_not_found());
    assert_eq!(circle.list(&circle.amina, OF_GROUP).await.len(), 1);
}

#[tokio::test]
async fn an_invitation_can_be_answered_until_the_instant_it_expires() {
    for (offset, is_alive) in [(-1, true), (0, false), (1, false)] {
        for (verb, yes) in [("accept", accepted(true)), ("decline", declined())] {
            let circle = Circle::new().await;
            let invitation = circle.invite_bilal().await;
            circle.app.clock.advance_millis(WEEK_MILLIS + offset);
            assert_eq!(circle.list(&circle.bilal, MINE).await.len(), usize::from(is_alive), "{offset}");
            let reply = circle.answer(&circle.bilal, &invitation, verb).await;
            let wanted = if is_alive { (200, yes) } else { (409, over("expired", "2026-01-08T00:00:00.000Z")) };
            assert_eq!((offset, reply.status, reply.json()), (offset, wanted.0, wanted.1));

            // A new invitation is another one; the old one stays dead.
            if !is_alive {
                let new = circle.invite_bilal().await;
                assert_ne!(new, invitation);
                circle
                    .answer(&circle.bilal, &invitation, verb)
                    .await
                    .assert(409, over("expired", "2026-01-08T00:00:00.000Z"));
                circle.accept(&circle.bilal, &new).await.assert(200, accepted(true));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_who_accept_at_once_one_is_new() {
    let circle = Circle::new().await;
    let invitation = circle.invite_bilal().await;
    let path = format!("{MINE}/{invitation}/accept");
    let calls = (0..100).map(|_| circle.app.request("POST", &path).bearer(&circle.bilal).send());
    let mut new = 0;
    for call in calls.map(tokio::spawn).collect::<Vec<_>>() {
        let reply = call.await.unwrap();
        let is_new = reply.json()["is_new_member"] == true;
        reply.assert(200, accepted(is_new));
        new += usize::from(is_new);
    }
    assert_eq!(new, 1);
    assert_eq!(circle.list(&circle.amina, MEMBERS).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_yes_and_a_no_at_once_one_wins() {
    for _ in 0..20 {
        let circle = Circle::new().await;
        let invitation = circle.invite_bilal().await;
        let answer =
            |verb| circle.app.request("POST", &format!("{MINE}/{invitation}/{verb}")).bearer(&circle.bilal).send();
        let (yes, no) = tokio::join!(tokio::spawn(answer("accept")), tokio::spawn(answer("decline")));
        let (yes, no) = (yes.unwrap(), no.unwrap());
        if yes.status == 200 {
            yes.assert(200, accepted(true));
            no.assert(409, over("accepted", NEW));
        } else {
            yes.assert(409, over("declined", NEW));
            no.assert(200, declined());
        }
        assert_eq!(circle.is_member(&circle.bilal).await, yes.status == 200);
    }
}
