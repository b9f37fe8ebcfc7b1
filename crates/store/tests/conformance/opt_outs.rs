//! Refusing for good: whoever was invited can, with or without an account, and nobody but they can tell.

use guestlist_core::Settings;
use guestlist_core::command::{AllowInvitations, Decline, MailResult, RefuseInvitations, SettleMail, TakeMail};
use guestlist_core::group::Group;
use guestlist_core::ids::{InvitationId, UserId};
use guestlist_core::invitation::{InvitationRef, InvitationState, InvitationTokenHash};
use guestlist_core::mail::Reply;
use guestlist_core::opt_out::{InvitationsFrom, OptOut};
use guestlist_core::outcome::InviteRow;
use guestlist_core::time::Lifetime;
use guestlist_core::user::{User, UserRef};
use guestlist_store::Refuser;

use crate::database::{Database, Place, email};

on_every_engine! {
    a_refusal_without_an_account_silences_the_next_group_of_the_same_inviter,
    each_way_of_refusing_silences_what_it_says_and_no_more,
    what_was_refused_for_good_is_allowed_again,
    a_refused_person_is_stored_as_a_hash_under_a_key_of_this_installation,
    an_address_is_closed_if_mail_came_back_from_it_or_if_its_reader_refuses_everybody,
}

fn carims() -> UserRef {
    UserRef::Email(email("carim@example.org"))
}

async fn shown_to(db: &Database, user: &User) -> Vec<InvitationId> {
    db.invitations_for(user).await.into_iter().map(|view| view.invitation.id).collect()
}

async fn listed_in(db: &Database, group: &Group) -> Vec<InvitationId> {
    db.open_invitations(group).await.into_iter().map(|view| view.invitation.id).collect()
}

async fn refused_by(db: &Database, who: Refuser) -> Vec<InvitationsFrom> {
    let mut from: Vec<_> =
        db.store.read().opt_outs(who).await.unwrap().into_iter().map(|opt_out| opt_out.from).collect();
    from.sort();
    from
}

async fn a_refusal_without_an_account_silences_the_next_group_of_the_same_inviter(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let (circle, choir) = (db.group("circle", &amina).await, db.group("choir", &amina).await);
    let club = db.group("club", &bilal).await;
    let first = db.offer_one(&circle, &amina, carims()).await;
    let secret = db.mail(first).await;
    let refuse = RefuseInvitations {
        by: None,
        invitation: Some(InvitationRef::Token(secret)),
        from: InvitationsFrom::Inviter(amina.id),
    };
    for _ in 0..2 {
        db.store.submit(refuse.clone()).await.unwrap();
    }
    // It is the answer to the invitation at hand, too.
    let found = db.store.read().invitation(InvitationRef::Id(first)).await.unwrap().unwrap().invitation;
    assert_eq!((found.state, found.closed_by), (InvitationState::Declined, None));
    assert_eq!(listed_in(&db, &circle).await, []);

    // To the inviter everything looks as always.
    let db = db.reopen();
    let silent = db.offer_one(&choir, &amina, carims()).await;
    assert_eq!(db.offer(&choir, &amina, &[carims()]).await, [InviteRow::Renewed(silent)]);
    assert_eq!(listed_in(&db, &choir).await, [silent]);
    let heard = db.offer_one(&club, &bilal, carims()).await;

    // The person sees none of it, once the address is theirs, but what others invite them to.
    let carim = db.user("carim").await;
    assert_eq!(shown_to(&db, &carim).await, [heard]);
    // Not even directly can they be brought in, though that looks as always, too.
    let quiet = db.group("quiet", &amina).await;
    assert_eq!(db.admit(&quiet, &amina, &[&carim, &bilal]).await, [InviteRow::Added, InviteRow::Added]);
    assert_eq!(db.members(&quiet).await, [amina.id, bilal.id]);

    // They see that they refused, and can think better of it.
    let refused = [InvitationsFrom::Inviter(amina.id)];
    for who in [Refuser::User(carim.id), Refuser::Holder(secret)] {
        assert_eq!(refused_by(&db, who).await, refused);
    }
    assert_eq!(refused_by(&db, Refuser::User(amina.id)).await, []);
    let allow = AllowInvitations { by: Some(carim.id), invitation: None, from: refused[0] };
    for _ in 0..2 {
        db.store.submit(allow.clone()).await.unwrap();
    }
    let db = db.reopen();
    assert_eq!(refused_by(&db, Refuser::User(carim.id)).await, []);
    assert_eq!(shown_to(&db, &carim).await, [silent, heard]);
    assert_eq!(db.admit(&quiet, &amina, &[&carim]).await, [InviteRow::Added]);
    assert_eq!(db.members(&quiet).await.len(), 3);
    assert_eq!(db.findings().await, []);
}

async fn each_way_of_refusing_silences_what_it_says_and_no_more(db: Database) {
    let (amina, bilal, carim) = (db.user("amina").await, db.user("bilal").await, db.user("carim").await);
    let groups = [db.group("a1", &amina).await, db.group("a2", &amina).await, db.group("b", &bilal).await];
    let mut ids = Vec::new();
    for (group, by) in [(&groups[0], &amina), (&groups[1], &amina), (&groups[2], &bilal)] {
        // Also what was there before is silent from now on, to the account as to the address.
        let who = if ids.is_empty() { carims() } else { UserRef::Id(carim.id) };
        ids.push(db.offer_one(group, by, who).await);
    }
    for (from, left) in [
        (InvitationsFrom::Group(groups[0].id), vec![ids[1], ids[2]]),
        (InvitationsFrom::Inviter(amina.id), vec![ids[2]]),
        (InvitationsFrom::Everyone, vec![]),
    ] {
        db.store.submit(RefuseInvitations { by: Some(carim.id), invitation: None, from }).await.unwrap();
        assert_eq!(shown_to(&db, &carim).await, left, "{from:?}");
        db.store.submit(AllowInvitations { by: Some(carim.id), invitation: None, from }).await.unwrap();
        assert_eq!(shown_to(&db, &carim).await, ids, "{from:?}");
    }
}

async fn what_was_refused_for_good_is_allowed_again(db: Database) {
    let amina = db.user("amina").await;
    let circle = db.group("circle", &amina).await;
    let id = db.offer_one(&circle, &amina, carims()).await;
    let invitation = Some(InvitationRef::Token(db.mail(id).await));
    let group = InvitationsFrom::Group(circle.id);
    for from in [group, InvitationsFrom::Everyone] {
        db.store.submit(RefuseInvitations { by: None, invitation, from }).await.unwrap();
    }
    let carim = db.user("carim").await;
    assert_eq!(refused_by(&db, Refuser::User(carim.id)).await, [InvitationsFrom::Everyone, group]);
    // By the mail that was kept, without signing in.
    db.store.submit(AllowInvitations { by: None, invitation, from: InvitationsFrom::Everyone }).await.unwrap();
    assert_eq!(refused_by(&db, Refuser::User(carim.id)).await, [group]);
    db.store.submit(AllowInvitations { by: Some(carim.id), invitation: None, from: group }).await.unwrap();
    assert_eq!(refused_by(&db, Refuser::User(carim.id)).await, []);
    // Declining alone refuses nothing.
    let again = db.offer_one(&circle, &amina, carims()).await;
    let decline = Decline { by: Some(carim.id), invitation: InvitationRef::Id(again) };
    db.store.submit(decline).await.unwrap();
    assert_eq!(refused_by(&db, Refuser::User(carim.id)).await, []);
    assert_eq!(db.findings().await, []);
}

async fn a_refused_person_is_stored_as_a_hash_under_a_key_of_this_installation(db: Database) {
    let refuse = async |db: &Database| -> OptOut {
        let amina = db.user("amina").await;
        let ask = RefuseInvitations { by: Some(amina.id), invitation: None, from: InvitationsFrom::Everyone };
        db.store.submit(ask).await.unwrap();
        db.store.read().opt_outs(Refuser::User(amina.id)).await.unwrap()[0]
    };
    let here = refuse(&db).await;
    let db = db.reopen();
    let amina = Refuser::User(UserId::new(1).unwrap());
    assert_eq!(db.store.read().opt_outs(amina).await.unwrap(), [here], "the key survives a restart");
    let elsewhere = refuse(&Database::new(Place::sqlite())).await;
    assert_eq!(elsewhere.from, here.from);
    assert_ne!(elsewhere.person, here.person);
}

async fn an_address_is_closed_if_mail_came_back_from_it_or_if_its_reader_refuses_everybody(db: Database) {
    let db = db.under(Settings { hold_mail: Some(Lifetime::from_secs(0)), ..Settings::default() });
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let circle = db.group("circle", &amina).await;
    let refuse = |by, from| RefuseInvitations { by, invitation: None, from };
    db.store.submit(refuse(Some(amina.id), InvitationsFrom::Everyone)).await.unwrap();
    db.store.submit(refuse(Some(bilal.id), InvitationsFrom::Group(circle.id))).await.unwrap();
    let gone = email("gone@example.org");
    for who in [carims(), UserRef::Email(gone.clone())] {
        let id = db.offer_one(&circle, &amina, who.clone()).await;
        if who == carims() {
            let invitation = Some(InvitationRef::Token(db.mail(id).await));
            let from = InvitationsFrom::Everyone;
            db.store.submit(RefuseInvitations { by: None, invitation, from }).await.unwrap();
        }
    }
    let secrets = vec![InvitationTokenHash([7; 32]), InvitationTokenHash([8; 32])];
    db.clock.advance_millis(1);
    let taken = db.store.submit(TakeMail { due_by: db.now(), secrets }).await.unwrap();
    let letter = taken.letters.iter().find(|letter| letter.to == gone).unwrap();
    let result = MailResult::DeadAddress(gone.clone(), Reply::of("550 5.1.1 no such user"));
    db.store.submit(SettleMail { mail: letter.mail, result }).await.unwrap();

    let asked =
        ["amina", "bilal", "carim", "dina", "gone"].map(|name| email(&format!("{name}@example.org")).key().clone());
    let closed = db.store.read().closed_addresses(asked.to_vec()).await.unwrap();
    assert_eq!(closed, [0, 2, 4].map(|n| asked[n].clone()).into());
}
