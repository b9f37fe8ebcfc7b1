//! Accounts: every part of one is stored, and no two share a name.

use guestlist_core::Refusal;
use guestlist_core::chat::Profile;
use guestlist_core::command::{AddUser, DisableUser, SeeSubject};
use guestlist_core::credential::PasswordHash;
use guestlist_core::global_role::{GlobalRole, GlobalRoles};
use guestlist_core::ids::{MAX_CHOSEN, Uid, UserId};
use guestlist_core::names::{DisplayName, Email, Subject};
use guestlist_core::user::{User, UserEmail, UserRef};
use guestlist_store::page::PageRequest;

use crate::database::{Database, account, client_id, email, refusal, username};

on_every_engine! {
    an_account_is_found_by_every_name_and_survives_a_restart,
    several_accounts_are_found_at_once_in_order_of_their_numbers,
    an_account_may_lack_all_that_is_optional,
    a_subject_seen_twice_is_one_account,
    an_address_that_the_provider_vouches_for_is_theirs_unless_it_is_somebody_elses,
    disabling_is_stored_and_repeating_it_changes_nothing,
    no_two_accounts_share_a_name,
    numbers_are_given_in_sequence_and_never_again,
    a_chosen_number_moves_the_sequence_on_but_never_back,
    the_highest_number_to_choose_is_two_to_the_52nd,
}

async fn by(db: &Database, who: UserRef) -> Option<User> {
    db.store.read().user(who).await.unwrap()
}

async fn all(db: &Database) -> Vec<User> {
    db.store.read().users(PageRequest { after: None, limit: 1000 }).await.unwrap().items
}

async fn an_account_is_found_by_every_name_and_survives_a_restart(db: Database) {
    let hash = PasswordHash("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".to_owned());
    let ask = AddUser {
        by: None,
        username: Some(username("Amina.B")),
        email: Some(email("Amina@Example.org")),
        is_admin: true,
        roles: GlobalRoles::of(&[GlobalRole::User, GlobalRole::Bot]),
        password: Some(hash.clone()),
        ..account("amina")
    };
    let added = db.store.submit(ask).await.unwrap().0;
    let expected = User {
        profile: Profile::default(),
        signed_out_at: None,
        deleted_at: None,
        roles: GlobalRoles::of(&[GlobalRole::User, GlobalRole::Bot]),
        language: None,
        id: UserId::new(1).unwrap(),
        uid: Uid::parse("uid-amina").unwrap(),
        subject: Subject::parse("sub-amina").unwrap(),
        username: Some(username("Amina.B")),
        name: account("amina").name,
        is_admin: true,
        disabled_at: None,
        created_at: db.now(),
        updated_at: db.now(),
    };
    assert_eq!(added, expected);

    let db = db.reopen();
    for who in [
        UserRef::Id(added.id),
        UserRef::Uid(added.uid.clone()),
        UserRef::Subject(added.subject.clone()),
        UserRef::Username(username("aMINA.b")),
        UserRef::Email(email("AMINA@EXAMPLE.ORG")),
    ] {
        let found = by(&db, who.clone()).await.unwrap();
        assert_eq!(found, added, "{who:?}");
        // Names compare without case, so their spelling is compared apart.
        assert_eq!(found.username.unwrap().as_str(), "Amina.B");
    }
    let emails = db.store.read().emails(added.id).await.unwrap();
    assert_eq!(emails, [UserEmail { user: added.id, email: email("Amina@Example.org"), is_verified: true }]);
    assert_eq!(emails[0].email.as_str(), "Amina@Example.org");
    assert_eq!(db.store.read().password(added.id).await.unwrap(), Some(hash));
    assert_eq!(all(&db).await, [added]);
}

async fn several_accounts_are_found_at_once_in_order_of_their_numbers(db: Database) {
    for name in ["amina", "bilal", "celine"] {
        db.store.submit(account(name)).await.unwrap();
    }
    let users = all(&db).await;
    let found = async |numbers: &[i64]| {
        let ids = numbers.iter().filter_map(|number| UserId::new(*number)).collect();
        db.store.read().users_by_id(ids).await.unwrap()
    };
    assert_eq!(found(&[3, 9, 1, 3]).await, [users[0].clone(), users[2].clone()]);
    assert_eq!(found(&[]).await, []);
}

async fn an_account_may_lack_all_that_is_optional(db: Database) {
    let bare = AddUser { username: None, name: None, email: None, ..account("bare") };
    let added = db.store.submit(bare).await.unwrap().0;
    // Nothing is not a name: a second one without is no clash.
    let other = AddUser { username: None, name: None, email: None, ..account("other") };
    db.store.submit(other).await.unwrap();

    let db = db.reopen();
    assert_eq!(by(&db, UserRef::Id(added.id)).await, Some(added.clone()));
    assert_eq!((added.username, added.name), (None, None));
    assert_eq!(db.store.read().emails(added.id).await.unwrap(), []);
    assert_eq!(db.store.read().password(added.id).await.unwrap(), None);
    assert_eq!(by(&db, UserRef::Username(username("bare"))).await, None);
    assert_eq!(by(&db, UserRef::Email(email("bare@example.org"))).await, None);
    assert_eq!(by(&db, UserRef::Id(UserId::new(99).unwrap())).await, None);
}

async fn a_subject_seen_twice_is_one_account(db: Database) {
    let subject = Subject::parse("8D77A633-B49D-4978-BC1A-70BC2FDA7B4B").unwrap();
    // The name is taken at first sight only: later it may be another by their own wish.
    let see = |uid| {
        let name = DisplayName::parse(uid).ok();
        SeeSubject { subject: subject.clone(), uid: Uid::parse(uid).unwrap(), name, email: None }
    };
    let first = db.store.submit(see("first")).await.unwrap().0;
    assert_eq!(first.name, DisplayName::parse("first").ok());
    db.clock.advance_millis(1000);
    assert_eq!(db.store.submit(see("second")).await.unwrap().0, first);
    assert_eq!(all(&db).await, std::slice::from_ref(&first));

    let db = db.reopen();
    assert_eq!(db.store.submit(see("third")).await.unwrap().0, first);
    let bearer = db.store.read().bearer(subject, client_id("app")).await.unwrap();
    assert_eq!((bearer.user, bearer.client.is_some()), (Some(first), false));
    let stranger = db.store.read().bearer(Subject::parse("nobody").unwrap(), client_id("app")).await.unwrap();
    assert_eq!((stranger.user, stranger.client.is_some()), (None, false));
    let taken = SeeSubject {
        subject: Subject::parse("new").unwrap(),
        uid: Uid::parse("first").unwrap(),
        name: None,
        email: None,
    };
    assert_eq!(refusal(db.store.submit(taken).await), Refusal::UidTaken);
}

async fn an_address_that_the_provider_vouches_for_is_theirs_unless_it_is_somebody_elses(db: Database) {
    let amina = db.user("amina").await;
    let see = async |db: &Database, address: &str| {
        let subject = Subject::parse("bilal").unwrap();
        let ask = SeeSubject { subject, uid: Uid::parse("bilal").unwrap(), name: None, email: Some(email(address)) };
        db.store.submit(ask).await.unwrap().0
    };
    let bilal = see(&db, "Bilal@example.org").await;
    assert_eq!(see(&db, "amina@example.org").await, bilal);
    let db = db.reopen();
    assert_eq!(see(&db, "another@example.org").await, bilal);
    assert_eq!(by(&db, UserRef::Email(email("amina@example.org"))).await, Some(amina));
    let theirs = |email: Email| UserEmail { user: bilal.id, email, is_verified: true };
    let expected = [theirs(email("another@example.org")), theirs(email("bilal@example.org"))];
    assert_eq!(db.store.read().emails(bilal.id).await.unwrap(), expected);
}

async fn disabling_is_stored_and_repeating_it_changes_nothing(db: Database) {
    let amina = db.user("amina").await;
    db.clock.advance_millis(5000);
    let disable = DisableUser { by: None, user: UserRef::Username(username("amina")) };
    let disabled = db.store.submit(disable.clone()).await.unwrap().0;
    assert_eq!(
        disabled,
        User { disabled_at: Some(db.now()), signed_out_at: Some(db.now()), updated_at: db.now(), ..amina }
    );
    db.clock.advance_millis(5000);
    assert_eq!(db.store.submit(disable).await.unwrap().0, disabled);

    let db = db.reopen();
    assert_eq!(by(&db, UserRef::Id(disabled.id)).await, Some(disabled));
    let nobody = DisableUser { by: None, user: UserRef::Username(username("nobody")) };
    assert_eq!(refusal(db.store.submit(nobody).await), Refusal::UserNotFound);
}

async fn no_two_accounts_share_a_name(db: Database) {
    let amina = db.user("amina").await;
    let db = db.reopen();
    for (ask, expected) in [
        (AddUser { id: Some(amina.id), ..account("x") }, Refusal::IdTaken),
        (AddUser { uid: amina.uid.clone(), ..account("x") }, Refusal::UidTaken),
        (AddUser { subject: amina.subject.clone(), ..account("x") }, Refusal::SubjectTaken),
        (AddUser { username: Some(username("AMINA")), ..account("x") }, Refusal::UsernameTaken),
        (AddUser { email: Some(email("Amina@EXAMPLE.org")), ..account("x") }, Refusal::EmailTaken),
    ] {
        assert_eq!(refusal(db.store.submit(ask).await), expected);
    }
    // The refused ones left nothing behind, not even a gap in the numbers.
    assert_eq!(all(&db).await, [amina]);
    assert_eq!(db.user("x").await.id.get(), 2);
}

async fn numbers_are_given_in_sequence_and_never_again(db: Database) {
    let mut db = db;
    for expected in 1..=6 {
        assert_eq!(db.user(&format!("user{expected}")).await.id.get(), expected);
        if expected % 2 == 0 {
            db = db.reopen();
        }
    }
    let asks = (7..=40).map(|n| db.store.submit(account(&format!("user{n}"))));
    let added = futures_util::future::join_all(asks).await;
    let ids: Vec<_> = added.into_iter().map(|added| added.unwrap().0.id.get()).collect();
    assert_eq!(ids, (7..=40).collect::<Vec<_>>());
}

async fn a_chosen_number_moves_the_sequence_on_but_never_back(db: Database) {
    let choose = |n: i64| AddUser { id: UserId::new(n), ..account(&format!("chosen{n}")) };
    assert_eq!(db.store.submit(choose(153)).await.unwrap().0.id.get(), 153);
    let db = db.reopen();
    assert_eq!(db.user("a").await.id.get(), 154);
    assert_eq!(db.store.submit(choose(7)).await.unwrap().0.id.get(), 7);
    let db = db.reopen();
    assert_eq!(db.user("b").await.id.get(), 155);
    assert_eq!(refusal(db.store.submit(AddUser { id: UserId::new(155), ..account("c") }).await), Refusal::IdTaken);
    // One may choose the very next.
    assert_eq!(db.store.submit(choose(156)).await.unwrap().0.id.get(), 156);
    assert_eq!(db.user("d").await.id.get(), 157);
}

async fn the_highest_number_to_choose_is_two_to_the_52nd(db: Database) {
    let choose = |n: i64| AddUser { id: UserId::new(n), ..account(&format!("chosen{n}")) };
    assert_eq!(refusal(db.store.submit(choose(MAX_CHOSEN + 1)).await), Refusal::IdOutOfRange);
    assert_eq!(db.store.submit(choose(MAX_CHOSEN)).await.unwrap().0.id.get(), MAX_CHOSEN);
    let db = db.reopen();
    assert_eq!(db.user("next").await.id.get(), MAX_CHOSEN + 1);
    assert_eq!(all(&db).await.len(), 2);
}
