//! A database that was moved is the same database, whichever engine it came from and went to.

use std::process::Command;

use guestlist_core::Origin;
use guestlist_core::chat::ChatSettings;
use guestlist_core::command::{
    Accept, AddClient, AddUser, Admission, AdoptIssuerKey, ArchiveGroup, AssignRole, CreateGroup, Decline, DisableUser,
    GroupPatch, Invite, MailResult, OfferOwnership, RefuseInvitations, RevokeLink, RevokeToken, SettleMail, TakeMail,
    WithdrawRequest,
};
use guestlist_core::credential::{IssuerKey, PasswordHash, Scopes, TokenRef};
use guestlist_core::global_role::GlobalRoles;
use guestlist_core::group::GroupRef;
use guestlist_core::ids::BatchId;
use guestlist_core::invitation::{InvitationRef, InvitationState, InvitationTokenHash};
use guestlist_core::mail::Reply;
use guestlist_core::member::Role;
use guestlist_core::names::{Description, DisplayName, Subject};
use guestlist_core::opt_out::InvitationsFrom;
use guestlist_core::user::{User, UserRef};
use guestlist_store::terms::{AnswerKey, Once, Terms};
use guestlist_store::transfer::{self, Place as Side, Progress, Report, TransferError, Work};
use guestlist_store::{Refuser, Store, StoreError};
use uuid::Uuid;

use crate::database::{
    DAY, Database, FOR_A_DAY, Place, account, client_id, email, join, leave, new_group, use_link, whole,
};

on_every_engine! {
    everything_is_the_same_on_the_other_side,
    a_move_there_and_back_gives_the_same_checksums,
    numbers_go_on_where_they_stood,
    an_empty_database_can_be_moved,
    twenty_thousand_rows_are_moved,
    a_target_with_data_is_refused_and_stays_as_it_is,
    a_target_that_stores_something_else_is_noticed_and_left_empty,
    a_move_that_breaks_off_leaves_the_target_empty,
    a_database_is_not_moved_into_itself,
    a_source_that_is_not_there_is_not_made,
    a_source_that_somebody_writes_to_is_not_read,
}

const ODD: [&str; 8] = [
    "O'Neil \"Bob\" \\ `x` -- ; DROP TABLE users;",
    "\\x00\\n\t\r\n {\"a\":[1,NULL]} %s",
    "مجموعة القرآن",
    "\u{202e}desrever\u{202c}",
    "👩‍👩‍👧‍👦🇵🇸",
    "e\u{301} is not \u{e9}",
    "NULL",
    "\u{fffd}\u{ffff}\u{10ffff}",
];

/// New databases of every kind to move into.
fn targets() -> [Database; 2] {
    [Database::new(Place::sqlite()), Database::new(Place::postgres())]
}

async fn moved(from: &Side, to: &Side) -> Result<Report, TransferError> {
    transfer::run(from, to, &mut |_| {}).await
}

fn rows(report: &Report, table: &str) -> u64 {
    report.iter().find(|copied| copied.table == table).unwrap().rows
}

/// Puts at least one row of every kind and state into a database.
async fn fill(db: &Database) {
    let amina = db.user("amina").await;
    let mut users = vec![amina.clone()];
    for (n, text) in ODD.iter().enumerate() {
        let ask = AddUser {
            by: None,
            name: DisplayName::parse(text).ok(),
            subject: Subject::parse(text).unwrap_or_else(|_| Subject::parse(&format!("odd{n}")).unwrap()),
            password: Some(PasswordHash((*text).to_owned())),
            email: Some(email(&format!("ΟΔΥΣ{n}+%_@Example.org"))),
            is_admin: n == 0,
            roles: GlobalRoles::default(),
            ..account(&format!("user{n}"))
        };
        users.push(db.store.submit(ask).await.unwrap().0);
        let name = DisplayName::parse(text).unwrap_or_else(|_| DisplayName::parse("plain").unwrap());
        let ask = CreateGroup {
            by: None,
            name,
            description: Description::parse(text).unwrap_or_default(),
            is_public: n == 1,
            chat: ChatSettings::default(),
            members: vec![],
            is_without_owner: false,
            ..new_group(&format!("g{n}"), &amina)
        };
        db.store.submit(ask).await.unwrap();
        let scopes = Scopes::parse("openid user").unwrap();
        let ask = AddClient { by: None, id: client_id(&format!("Client-{n}")), name: (*text).to_owned(), scopes };
        db.store.submit(ask).await.unwrap();
    }
    let bare = AddUser { username: None, name: None, email: None, ..account("bare") };
    let bare = db.store.submit(bare).await.unwrap().0;
    db.store.submit(DisableUser { by: None, user: UserRef::Id(bare.id) }).await.unwrap();

    let circle = db.group("circle", &amina).await;
    db.admit(&circle, &amina, &[&users[1], &users[2]]).await;
    let assign =
        AssignRole { by: amina.id, group: GroupRef::Id(circle.id), user: UserRef::Id(users[1].id), role: Role::Leader };
    db.store.submit(assign).await.unwrap();
    db.offer_one(&circle, &amina, UserRef::Email(email("Nobody@Example.org"))).await;
    db.offer_one(&circle, &amina, UserRef::Id(users[3].id)).await;
    let invitation = db.offer_one(&circle, &amina, UserRef::Id(users[4].id)).await;
    let invitation = InvitationRef::Id(invitation);
    db.store.submit(Accept { by: Some(users[4].id), invitation, is_secret_enough: false }).await.unwrap();
    let invitation = InvitationRef::Id(db.offer_one(&circle, &amina, UserRef::Id(users[5].id)).await);
    db.store.submit(Decline { by: Some(users[5].id), invitation }).await.unwrap();
    fill_more(db, &users).await;
    fill_mail(db).await;

    db.store.submit(db.token(&amina)).await.unwrap();
    let mut ask = db.token(&amina);
    ask.client = Some(client_id("Client-1"));
    ask.lifetime = Some(DAY);
    db.store.submit(ask).await.unwrap();
    let revoked = db.token(&users[1]);
    let token = TokenRef::Id(revoked.id);
    db.store.submit(revoked).await.unwrap();
    db.store.submit(RevokeToken { by: None, token }).await.unwrap();
    let key = IssuerKey { kid: ODD.concat(), pkcs8: (0..=255).collect() };
    db.store.submit(AdoptIssuerKey { key }).await.unwrap();
}

/// Mail that is taken, and an address that it cannot be sent to.
async fn fill_mail(db: &Database) {
    db.clock.advance_millis(1);
    let secrets = (0..3).map(|n| InvitationTokenHash([n; 32])).collect();
    let taken = db.store.submit(TakeMail { due_by: db.now(), secrets }).await.unwrap();
    let letter = &taken.letters[0];
    let result = MailResult::DeadAddress(letter.to.clone(), Reply::of("550 5.1.1 nobody"));
    db.store.submit(SettleMail { mail: letter.mail, result }).await.unwrap();
}

/// What comes with a group: links, requests, people who wait and people who refuse.
async fn fill_more(db: &Database, users: &[User]) {
    let amina = &users[0];
    let choir = db.public_group("choir", amina, 2).await;
    let by_link = db.store.submit(db.link(&choir, amina, Some(3))).await.unwrap().0;
    db.store.submit(use_link(&users[1], &by_link)).await.unwrap();
    for user in &users[2..5] {
        db.store.submit(join(user, &choir)).await.unwrap();
    }
    db.store.submit(WithdrawRequest { by: users[3].id, group: GroupRef::Id(choir.id) }).await.unwrap();
    db.store.submit(leave(&users[1], &choir)).await.unwrap();
    db.store.submit(RevokeLink { by: amina.id, link: by_link.id }).await.unwrap();
    let offer = OfferOwnership { by: amina.id, group: GroupRef::Id(choir.id), to: UserRef::Id(users[2].id) };
    db.store.submit(offer).await.unwrap();

    let club = db.group("club", amina).await;
    let patch = GroupPatch { takes_requests: Some(true), ..GroupPatch::default() };
    db.update(&club, amina, patch).await;
    db.store.submit(join(&users[6], &club)).await.unwrap();
    let batch = BatchId::from_uuid(Uuid::from_u128(1));
    let whom = [UserRef::Email(email("Guest@Example.org"))];
    let ask = Invite { batch: Some(batch), ..db.invite(&club, amina, &whom, FOR_A_DAY) };
    let invitation = ask.targets[0].invitation;
    db.store.submit(ask).await.unwrap();
    let held = Some(InvitationRef::Token(db.mail(invitation).await));
    for from in [InvitationsFrom::Everyone, InvitationsFrom::Group(club.id), InvitationsFrom::Inviter(amina.id)] {
        db.store.submit(RefuseInvitations { by: None, invitation: held, from }).await.unwrap();
    }
    let key = AnswerKey { user: amina.id, hash: [1; 32] };
    let once = Once::new::<ArchiveGroup>(key, [2; 32], |_| Some(b"archived".to_vec()));
    let terms = Terms { once: Some(once), ..Terms::default() };
    let archive = ArchiveGroup { by: amina.id, group: GroupRef::Id(club.id) };
    db.store.submit_under(&Origin::default(), terms, archive).await.unwrap();
}

/// Everything that can be asked of a store, as text.
async fn all(db: &Database, store: &Store) -> Vec<String> {
    let read = store.read();
    let mut all = Vec::new();
    let users = read.users(whole()).await.unwrap().items;
    for user in &users {
        all.push(format!("{user:?}"));
        all.push(format!("{:?}", read.password(user.id).await.unwrap().map(|hash| hash.0)));
        all.push(format!("{:?}", read.emails(user.id).await.unwrap()));
        all.push(format!("{:?}", read.groups_of(user.id).await.unwrap()));
        all.push(format!("{:?}", read.opt_outs(Refuser::User(user.id)).await.unwrap()));
        for token in read.tokens_of(user.id, db.now(), whole()).await.unwrap().items {
            all.push(format!("{:?}", read.token(token.hash).await.unwrap().unwrap()));
        }
        all.push(format!("{:?}", read.invitations_for(user.id, db.now(), whole()).await.unwrap()));
    }
    for group in read.groups(whole()).await.unwrap().items {
        all.push(format!("{group:?}"));
        all.push(format!("{:?}", read.members(group.id, whole()).await.unwrap()));
        for state in InvitationState::ALL {
            all.push(format!("{:?}", read.invitations(group.id, state, whole()).await.unwrap()));
        }
        all.push(format!("{:?}", read.requests(group.id, whole()).await.unwrap()));
        all.push(format!("{:?}", read.waiting(group.id, whole()).await.unwrap()));
        all.push(format!("{:?}", read.links(group.id, whole()).await.unwrap()));
    }
    for stream in read.streams(whole()).await.unwrap().items {
        all.push(format!("{:?}", read.events(stream, whole()).await.unwrap()));
        assert_eq!(read.audit(stream).await.unwrap(), []);
    }
    all.push(format!("{:?}", read.clients().await.unwrap()));
    let key = read.issuer_key().await.unwrap();
    all.push(format!("{:?}", key.map(|key| (key.kid, key.pkcs8))));
    all
}

async fn everything_is_the_same_on_the_other_side(db: Database) {
    fill(&db).await;
    let before = all(&db, &db.store).await;
    for target in targets() {
        let report = moved(&db.place(), &target.place()).await.unwrap();
        assert_eq!(report.len(), 20);
        for copied in &report {
            assert!(copied.rows > 0, "{} was not filled, so this shows nothing", copied.table);
        }
        assert_eq!(rows(&report, "invitations"), 5);
        assert_eq!(rows(&report, "tokens"), 3);
        assert_eq!(all(&db, &target.store).await, before);
    }
    assert_eq!(all(&db, &db.store).await, before, "the source stays");
}

async fn a_move_there_and_back_gives_the_same_checksums(db: Database) {
    fill(&db).await;
    let [sqlite, postgres] = targets();
    let there = moved(&db.place(), &postgres.place()).await.unwrap();
    let back = moved(&postgres.place(), &sqlite.place()).await.unwrap();
    assert_eq!(there, back);
}

async fn numbers_go_on_where_they_stood(db: Database) {
    fill(&db).await;
    let users = db.store.read().users(whole()).await.unwrap().items.len();
    let amina = db.store.read().user(UserRef::Email(email("amina@example.org"))).await.unwrap().unwrap();
    for target in targets() {
        moved(&db.place(), &target.place()).await.unwrap();
        let bilal = target.user("bilal").await;
        assert_eq!(usize::try_from(bilal.id.get()).unwrap(), users + 1);
        let next = target.group("next", &bilal).await;
        assert_eq!(usize::try_from(next.id.get()).unwrap(), ODD.len() + 4);
        // The rules find what was moved: names are taken, people can be invited and let in.
        assert!(target.store.submit(account("amina")).await.is_err());
        let circle = target.store.read().groups_of(amina.id).await.unwrap().remove(0).group;
        let whom = [UserRef::Id(bilal.id)];
        let ask = target.invite(&circle, &amina, &whom, Admission::Direct);
        target.store.submit(ask).await.unwrap();
        assert_eq!(target.view(&circle, &bilal).await.group.tally.members, circle.tally.members + 1);
    }
}

async fn an_empty_database_can_be_moved(db: Database) {
    for target in targets() {
        let report = moved(&db.place(), &target.place()).await.unwrap();
        assert_eq!(report.iter().map(|copied| copied.rows).sum::<u64>(), 6, "three sequences and three keys");
        assert_eq!(target.user("amina").await.id.get(), 1);
    }
}

async fn twenty_thousand_rows_are_moved(db: Database) {
    // Through a SQLite file: the quickest way to many rows.
    let many = Database::new(Place::sqlite());
    rusqlite::Connection::open(many.file())
        .unwrap()
        .execute_batch(
            "BEGIN;
             WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 20000)
             INSERT INTO users (id, uid, subject, is_admin, created_at, updated_at)
                 SELECT id, 'u' || id, 's' || id, 0, id, id FROM n;
             INSERT INTO user_emails SELECT 'é' || id || '@x.y', 'É' || id || '@x.y', id, id % 2 FROM users;
             INSERT INTO \"groups\" VALUES
                 (1, 'g', 'g', 'g', 'g', '', 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, 1, 20000, 1, 0,
                  0, 0, 0, 1, NULL, NULL, NULL, ''),
                 (2, 'h', 'h', 'h', 'h', '', 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, 1, 20000, 1, 0,
                  0, 0, 0, 1, NULL, NULL, NULL, '');
             INSERT INTO memberships SELECT g.id, u.id, u.id = 1, u.id, 0 FROM \"groups\" AS g, users AS u;
             INSERT INTO invitations
                 SELECT randomblob(16), 1, id, NULL, NULL, 1, 0, 3, 1, 1, 2, 3, NULL, NULL, NULL, NULL, NULL FROM users;
             INSERT INTO events SELECT 0, id, id, 'user.added', NULL, 'guestlist', NULL, NULL, NULL, 'user/' || id, NULL,
                 NULL, '{}', randomblob(32), id FROM users;
             INSERT INTO heads SELECT group_id, seq, hash FROM events WHERE seq = 20000;
             UPDATE sequences SET next = 20001 WHERE name = 'users';
             UPDATE sequences SET next = 3 WHERE name = 'groups';
             COMMIT;",
        )
        .unwrap();
    // Into this engine, and out of it.
    moved(&many.place(), &db.place()).await.unwrap();
    let [sqlite, _] = targets();
    let report = moved(&db.place(), &sqlite.place()).await.unwrap();
    for (table, expected) in [("users", 20_000), ("user_emails", 20_000), ("memberships", 40_000)] {
        assert_eq!(rows(&report, table), expected);
    }
    assert_eq!((rows(&report, "invitations"), rows(&report, "events")), (20_000, 20_000));
    assert_eq!(sqlite.user("next").await.id.get(), 20_001);
}

async fn a_target_with_data_is_refused_and_stays_as_it_is(db: Database) {
    fill(&db).await;
    for target in targets() {
        target.user("somebody").await;
        let before = all(&target, &target.store).await;
        let refused = moved(&db.place(), &target.place()).await;
        assert!(matches!(refused, Err(TransferError::NotEmpty { table: "users", rows: 1 })), "{refused:?}");
        assert_eq!(all(&target, &target.store).await, before);
        target.user("another").await;
    }
}

/// Makes the target change what is written to it, as a trigger of somebody's might.
fn tamper(target: &Side) {
    match target {
        Side::Sqlite(path) => {
            let trigger = "CREATE TRIGGER tamper AFTER INSERT ON tokens
                           BEGIN UPDATE tokens SET scopes = 'admin' WHERE id = new.id; END";
            rusqlite::Connection::open(path).unwrap().execute_batch(trigger).unwrap();
        }
        Side::Postgres(url) => {
            let trigger = "CREATE FUNCTION tamper() RETURNS trigger LANGUAGE plpgsql AS
                           $$ BEGIN new.scopes := 'admin'; RETURN new; END $$;
                           CREATE TRIGGER tamper BEFORE INSERT ON tokens FOR EACH ROW EXECUTE FUNCTION tamper()";
            let psql = Command::new("psql").args(["--quiet", "--no-psqlrc", "--command", trigger, url]).output();
            assert!(psql.unwrap().status.success());
        }
    }
}

async fn a_target_that_stores_something_else_is_noticed_and_left_empty(db: Database) {
    fill(&db).await;
    for target in targets() {
        tamper(&target.place());
        let refused = moved(&db.place(), &target.place()).await;
        let Err(TransferError::Different { table: "tokens", source_side, target_side }) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!((source_side.rows, target_side.rows), (3, 3));
        assert_ne!(source_side.checksum, target_side.checksum);
        assert_eq!(target.user("first").await.id.get(), 1, "the target is as new");
    }
}

async fn a_move_that_breaks_off_leaves_the_target_empty(db: Database) {
    fill(&db).await;
    for target in targets() {
        let (from, to) = (db.place(), target.place());
        let ended = tokio::spawn(async move {
            let mut stop = |progress| {
                let is_written =
                    matches!(progress, Progress::Begun { work: Work::Verifying, table: "issuer_keys", .. });
                assert!(!is_written, "everything is written, nothing committed");
            };
            transfer::run(&from, &to, &mut stop).await.is_ok()
        });
        assert!(ended.await.unwrap_err().is_panic());
        assert_eq!(target.user("first").await.id.get(), 1);
        assert_eq!(target.store.read().clients().await.unwrap(), []);
    }
}

async fn a_database_is_not_moved_into_itself(db: Database) {
    fill(&db).await;
    let before = all(&db, &db.store).await;
    let refused = moved(&db.place(), &db.place()).await;
    assert!(matches!(refused, Err(TransferError::SamePlace)), "{refused:?}");
    // Nor by another name.
    let alias = match db.place() {
        Side::Sqlite(path) => Side::Sqlite(path.parent().unwrap().join(".").join("guestlist.db")),
        Side::Postgres(url) => Side::Postgres(format!("{url}&application_name=x")),
    };
    let refused = moved(&db.place(), &alias).await;
    assert!(matches!(refused, Err(TransferError::NotEmpty { .. } | TransferError::SamePlace)), "{refused:?}");
    assert_eq!(all(&db, &db.store).await, before);
}

async fn a_source_that_is_not_there_is_not_made(db: Database) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing.db");
    let refused = moved(&Side::Sqlite(path.clone()), &db.place()).await;
    assert!(matches!(refused, Err(TransferError::NoSource)), "{refused:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

    // Somebody else's file, and a database without tables, are none of guestlist's.
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    let url = guestlist_testing::postgres::new_database();
    for source in [Side::Sqlite(path), Side::Postgres(url)] {
        for _ in 0..2 {
            let refused = moved(&source, &db.place()).await;
            assert!(matches!(refused, Err(TransferError::NoSource)), "{refused:?}");
        }
    }
    assert_eq!(db.user("first").await.id.get(), 1);
}

async fn a_source_that_somebody_writes_to_is_not_read(db: Database) {
    fill(&db).await;
    let place = db.place();
    let [target, _] = targets();
    // A transaction that stays open longer than anybody waits for it.
    let refused = match &place {
        Side::Sqlite(path) => {
            let writer = rusqlite::Connection::open(path).unwrap();
            writer.execute_batch("BEGIN IMMEDIATE").unwrap();
            moved(&place, &target.place()).await
        }
        Side::Postgres(url) => {
            let (writer, driver) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(driver);
            writer.batch_execute("BEGIN; UPDATE users SET updated_at = updated_at").await.unwrap();
            let refused = moved(&place, &target.place()).await;
            writer.batch_execute("ROLLBACK").await.unwrap();
            refused
        }
    };
    assert!(matches!(refused, Err(TransferError::Source(StoreError::TimedOut))), "{refused:?}");
    assert_eq!(target.user("first").await.id.get(), 1);
}
