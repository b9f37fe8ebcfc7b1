//! Answering invitations by their tokens.

use guestlist_core::command::{ArchiveGroup, RemoveMember, RevokeInvitation};
use guestlist_core::group::GroupRef;
use guestlist_core::invitation::InvitationRef;
use guestlist_core::user::UserRef;
use guestlist_identity::token::PlainToken;
use guestlist_testing::{Person, Reply};
use serde_json::{Value, json};

use crate::support::{Circle, fault};

async fn accept(there: &Circle, who: &Person, token: &str) -> Reply {
    there.get(who, &format!("rooms/1/accept-invite?token={token}")).await
}

async fn reject(there: &Circle, who: &Person, token: &str) -> Reply {
    there.get(who, &format!("rooms/1/reject-invite?token={token}")).await
}

fn accepted() -> Value {
    json!({ "accepted": true })
}

fn rejected() -> Value {
    json!({ "rejected": true })
}

fn token(code: &str) -> Value {
    json!({ "token": code })
}

#[tokio::test]
async fn the_invited_person_accepts_and_may_say_so_twice() {
    let there = Circle::new().await;
    let secret = there.invite_person(&there.bilal).await;
    for _ in 0..2 {
        let reply = accept(&there, &there.bilal, &secret).await;
        reply.assert(200, accepted());
        assert_eq!(reply.header("cache-control"), "no-store");
    }
    assert_eq!(there.members().await, ["amina", "musa", "zayd", "bilal"]);
    fault(&reject(&there, &there.bilal, &secret).await, 400, token("USED"));
}

#[tokio::test]
async fn the_invited_person_rejects_and_may_say_so_twice() {
    let there = Circle::new().await;
    let secret = there.invite_person(&there.bilal).await;
    for _ in 0..2 {
        reject(&there, &there.bilal, &secret).await.assert(200, rejected());
    }
    fault(&accept(&there, &there.bilal, &secret).await, 400, token("USED"));
    assert_eq!(there.members().await, ["amina", "musa", "zayd"]);
}

#[tokio::test]
async fn an_invitation_of_somebody_is_nobody_elses() {
    let there = Circle::new().await;
    let secret = there.invite_person(&there.bilal).await;
    let other = there.app.person("dina").await;
    for reply in [accept(&there, &other, &secret).await, reject(&there, &other, &secret).await] {
        fault(&reply, 400, token("INVALID"));
    }
    accept(&there, &there.bilal, &secret).await.assert(200, accepted());
}

#[tokio::test]
async fn an_invitation_to_an_address_is_whoevers_who_has_received_it_once() {
    let there = Circle::new().await;
    let secret = there.invite_address("somebody@elsewhere.example").await;
    let other = there.app.person("dina").await;
    let replies = tokio::join!(accept(&there, &there.bilal, &secret), accept(&there, &other, &secret));
    let (won, lost) = if replies.0.status == 200 { (replies.0, replies.1) } else { (replies.1, replies.0) };
    won.assert(200, accepted());
    fault(&lost, 400, token("USED"));
    assert_eq!(there.members().await.len(), 4);
}

#[tokio::test]
async fn what_is_no_token_of_an_open_invitation_to_the_room_is_refused_alike() {
    let there = Circle::new().await;
    let secret = there.invite_person(&there.bilal).await;
    there.app.group("other", &there.amina).await;
    let far = "x".repeat(5000);
    for verb in ["accept", "reject"] {
        for (path, code) in [
            (format!("rooms/1/{verb}-invite"), "MISSING"),
            (format!("rooms/1/{verb}-invite?token="), "MISSING"),
            (format!("rooms/1/{verb}-invite?token=unknown"), "INVALID"),
            (format!("rooms/1/{verb}-invite?token={far}"), "INVALID"),
            (format!("rooms/1/{verb}-invite?token=%00%ff"), "INVALID"),
            (format!("rooms/2/{verb}-invite?token={secret}"), "INVALID"),
            (format!("rooms/99/{verb}-invite?token={secret}"), "INVALID"),
            (format!("rooms/abc/{verb}-invite?token={secret}"), "INVALID"),
        ] {
            fault(&there.get(&there.bilal, &path).await, 400, token(code));
        }
    }
}

#[tokio::test]
async fn an_invitation_ends_by_time_and_by_those_who_made_it() {
    let there = Circle::new().await;
    let (late, withdrawn) = (there.invite_person(&there.bilal).await, there.invite_address("a@example.org").await);
    let hash = PlainToken::presented(&withdrawn).unwrap().invitation_hash();
    let id = there.app.store().read().invitation(InvitationRef::Token(hash)).await.unwrap().unwrap().invitation.id;
    there.app.store().submit(RevokeInvitation { by: there.amina.user.id, invitation: id }).await.unwrap();
    fault(&accept(&there, &there.bilal, &withdrawn).await, 400, token("INVALID"));
    there.app.clock.advance_millis(7 * 86_400_000);
    for reply in [accept(&there, &there.bilal, &late).await, reject(&there, &there.bilal, &late).await] {
        fault(&reply, 400, token("EXPIRED"));
    }
}

#[tokio::test]
async fn who_is_a_member_by_another_way_accepts_all_the_same() {
    let there = Circle::new().await;
    let secret = there.invite_address("a@example.org").await;
    accept(&there, &there.zayd, &secret).await.assert(200, accepted());
    fault(&accept(&there, &there.bilal, &secret).await, 400, token("USED"));
}

#[tokio::test]
async fn nobody_comes_back_by_an_old_token_or_into_a_room_out_of_use() {
    let there = Circle::new().await;
    let (first, second) = (there.invite_person(&there.bilal).await, there.invite_address("a@example.org").await);
    accept(&there, &there.bilal, &first).await.assert(200, accepted());
    let (by, group) = (there.amina.user.id, GroupRef::Id(there.group.group.id));
    let user = UserRef::Id(there.bilal.user.id);
    there.app.store().submit(RemoveMember { by, group: group.clone(), user, spares_owners: true }).await.unwrap();
    fault(&accept(&there, &there.bilal, &first).await, 400, token("USED"));
    there.app.store().submit(ArchiveGroup { by, group }).await.unwrap();
    fault(&accept(&there, &there.bilal, &second).await, 400, token("INVALID"));
    reject(&there, &there.bilal, &second).await.assert(200, rejected());
}
