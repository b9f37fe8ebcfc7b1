//! Tokens, clients and the issuer's key.

use guestlist_core::Refusal;
use guestlist_core::command::{AddClient, AdoptIssuerKey, DisableUser, IssueToken, RemoveClient, RevokeToken};
use guestlist_core::credential::{AccessToken, Client, IssuerKey, Scopes, TokenHash, TokenRef};
use guestlist_core::names::Subject;
use guestlist_core::time::Lifetime;
use guestlist_core::user::{User, UserRef};
use guestlist_store::page::PageRequest;
use guestlist_store::{Rejection, StoreError};

use tokio::join;

use crate::database::{Database, client_id, refusal};

on_every_engine! {
    a_token_survives_a_restart_whole,
    a_revoked_token_is_still_found_and_shows_it,
    only_tokens_that_work_are_listed,
    a_token_for_a_client_stays_within_its_scopes,
    a_client_survives_a_restart_whole,
    removing_a_client_removes_its_tokens_and_no_others,
    a_client_removed_and_added_again_at_once_has_only_its_new_tokens,
    two_tokens_of_one_hash_cost_only_the_second,
    the_first_issuer_key_stays,
    the_database_answers,
}

async fn by_id(db: &Database, token: &AccessToken) -> Option<AccessToken> {
    db.store.read().token_by_id(token.id).await.unwrap()
}

async fn by_hash(db: &Database, hash: TokenHash) -> Option<(AccessToken, User)> {
    db.store.read().token(hash).await.unwrap()
}

async fn tokens_of(db: &Database, user: &User) -> Vec<AccessToken> {
    let page = PageRequest { after: None, limit: 100 };
    db.store.read().tokens_of(user.id, db.now(), page).await.unwrap().items
}

fn add_client(id: &str) -> AddClient {
    AddClient {
        by: None,
        id: client_id(id),
        name: format!("The \"{id}\""),
        scopes: Scopes::parse("room group.read offline_access").unwrap(),
    }
}

async fn a_token_survives_a_restart_whole(db: Database) {
    let amina = db.user("amina").await;
    db.store.submit(add_client("app")).await.unwrap();
    db.clock.advance_millis(99);
    let ask = IssueToken {
        by: None,
        within: None,
        client: Some(client_id("app")),
        scopes: Some(Scopes::parse("room.invite group.read").unwrap()),
        lifetime: Some(Lifetime::from_secs(30)),
        hash: TokenHash(std::array::from_fn(|n| u8::try_from(n * 8).unwrap())),
        ..db.token(&amina)
    };
    let expected = AccessToken {
        personal: None,
        id: ask.id,
        hash: ask.hash,
        user: amina.id,
        client: ask.client.clone(),
        scopes: ask.scopes.clone().unwrap(),
        created_at: db.now(),
        expires_at: Some(db.now() + Lifetime::from_secs(30)),
        revoked_at: None,
    };
    let hash = ask.hash;
    assert_eq!(db.store.submit(ask).await.unwrap().0, expected);
    let endless = db.store.submit(db.token(&amina)).await.unwrap().0;
    assert_eq!((endless.expires_at, &endless.client, &endless.scopes), (None, &None, &Scopes::all()));

    let db = db.reopen();
    assert_eq!(by_hash(&db, hash).await, Some((expected.clone(), amina.clone())));
    assert_eq!(by_hash(&db, endless.hash).await, Some((endless.clone(), amina.clone())));
    assert_eq!(by_hash(&db, TokenHash([0; 32])).await, None);
    assert_eq!(by_id(&db, &expected).await, Some(expected.clone()));
    let unknown = AccessToken { id: db.token(&amina).id, ..expected.clone() };
    assert_eq!(by_id(&db, &unknown).await, None);
    assert_eq!(tokens_of(&db, &amina).await, [expected, endless]);
}

async fn a_revoked_token_is_still_found_and_shows_it(db: Database) {
    let amina = db.user("amina").await;
    let first = db.store.submit(db.token(&amina)).await.unwrap().0;
    let second = db.store.submit(db.token(&amina)).await.unwrap().0;
    db.clock.advance_millis(10);
    let revoke = |token| db.store.submit(RevokeToken { by: None, token });
    let by_id = revoke(TokenRef::Id(first.id)).await.unwrap().0;
    assert_eq!(by_id, AccessToken { revoked_at: Some(db.now()), ..first.clone() });
    revoke(TokenRef::Hash(second.hash)).await.unwrap();
    db.clock.advance_millis(10);
    assert_eq!(revoke(TokenRef::Hash(first.hash)).await.unwrap().0, by_id);
    assert_eq!(refusal(revoke(TokenRef::Hash(TokenHash([0; 32]))).await), Refusal::TokenNotFound);

    let db = db.reopen();
    assert_eq!(by_hash(&db, first.hash).await.unwrap().0, by_id);
    assert_eq!(db.store.read().token_by_id(first.id).await.unwrap(), Some(by_id.clone()));
    assert_eq!(by_hash(&db, second.hash).await.unwrap().0.revoked_at, by_id.revoked_at);
    assert_eq!(tokens_of(&db, &amina).await, []);
}

async fn only_tokens_that_work_are_listed(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let short = IssueToken { lifetime: Some(Lifetime::from_secs(1)), ..db.token(&amina) };
    let short = db.store.submit(short).await.unwrap().0;
    let endless = db.store.submit(db.token(&amina)).await.unwrap().0;
    let others = db.store.submit(db.token(&bilal)).await.unwrap().0;
    db.clock.advance_millis(999);
    assert_eq!(tokens_of(&db, &amina).await, [short, endless.clone()]);
    db.clock.advance_millis(1);
    assert_eq!(tokens_of(&db, &amina).await, [endless]);
    assert_eq!(tokens_of(&db, &bilal).await, [others]);
    db.store.submit(DisableUser { by: None, user: UserRef::Id(bilal.id) }).await.unwrap();
    assert_eq!(refusal(db.store.submit(db.token(&bilal)).await), Refusal::CallerDisabled);
}

async fn a_token_for_a_client_stays_within_its_scopes(db: Database) {
    let amina = db.user("amina").await;
    db.store.submit(add_client("app")).await.unwrap();
    let ask = |scopes: &str| IssueToken {
        by: None,
        within: None,
        client: Some(client_id("app")),
        scopes: Some(Scopes::parse(scopes).unwrap()),
        ..db.token(&amina)
    };
    assert_eq!(refusal(db.store.submit(ask("room.invite group.update")).await), Refusal::ScopeNotGranted);
    let all = IssueToken { scopes: None, ..ask("") };
    assert_eq!(db.store.submit(all).await.unwrap().0.scopes, add_client("app").scopes);
    let unknown = IssueToken { client: Some(client_id("APP")), ..ask("room") };
    assert_eq!(refusal(db.store.submit(unknown).await), Refusal::ClientNotFound);
}

async fn a_client_survives_a_restart_whole(db: Database) {
    for id in ["b", "A", "app:\"x\"\\y'z/%20", "a"] {
        db.store.submit(add_client(id)).await.unwrap();
    }
    assert_eq!(refusal(db.store.submit(add_client("a")).await), Refusal::ClientTaken);
    let db = db.reopen();
    let client = |id: &str| {
        let AddClient { id, name, scopes, .. } = add_client(id);
        Client { id, name, scopes, created_at: db.now() }
    };
    let expected = ["A", "a", "app:\"x\"\\y'z/%20", "b"].map(client);
    assert_eq!(db.store.read().clients().await.unwrap(), expected);
    for client in expected {
        assert_eq!(db.store.read().client(client.id.clone()).await.unwrap(), Some(client.clone()));
        let bearer = db.store.read().bearer(Subject::parse("x").unwrap(), client.id).await.unwrap();
        assert!(bearer.client.is_some());
    }
    assert_eq!(db.store.read().client(client_id("B")).await.unwrap(), None);
}

async fn removing_a_client_removes_its_tokens_and_no_others(db: Database) {
    let amina = db.user("amina").await;
    for id in ["app", "other"] {
        db.store.submit(add_client(id)).await.unwrap();
    }
    let issue = async |client: Option<&str>| {
        let ask = IssueToken { client: client.map(client_id), ..db.token(&amina) };
        db.store.submit(ask).await.unwrap().0
    };
    let (gone, kept, free) = (issue(Some("app")).await, issue(Some("other")).await, issue(None).await);
    let removed = db.store.submit(RemoveClient { by: None, id: client_id("app") }).await.unwrap().0;
    assert_eq!(removed.id, client_id("app"));

    let db = db.reopen();
    assert_eq!(by_hash(&db, gone.hash).await, None);
    assert_eq!(tokens_of(&db, &amina).await, [kept, free]);
    assert_eq!(db.store.read().client(client_id("app")).await.unwrap(), None);
    assert_eq!(
        refusal(db.store.submit(RemoveClient { by: None, id: client_id("app") }).await),
        Refusal::ClientNotFound
    );
    assert_eq!(
        refusal(db.store.submit(RevokeToken { by: None, token: TokenRef::Id(gone.id) }).await),
        Refusal::TokenNotFound
    );
}

async fn a_client_removed_and_added_again_at_once_has_only_its_new_tokens(db: Database) {
    let amina = db.user("amina").await;
    db.store.submit(add_client("app")).await.unwrap();
    let issue = || db.store.submit(IssueToken { client: Some(client_id("app")), ..db.token(&amina) });
    let before = issue().await.unwrap().0;
    db.clock.advance_millis(50);
    let renamed = AddClient { name: "new".to_owned(), ..add_client("app") };
    // The first is carried out alone, the others together: some of these tokens were never written at all.
    let (start, doomed, removed, late, added, fresh) = join!(biased; db.user("bilal"),
        issue(),
        db.store.submit(RemoveClient { by: None, id: client_id("app") }),
        issue(),
        db.store.submit(renamed.clone()),
        issue(),
    );
    drop((start, removed.unwrap()));
    assert_eq!(refusal(late), Refusal::ClientNotFound);
    let (doomed, fresh) = (doomed.unwrap().0, fresh.unwrap().0);

    let db = db.reopen();
    let client = db.store.read().client(client_id("app")).await.unwrap();
    assert_eq!(client, Some(added.unwrap().0));
    assert_eq!(client.map(|client| (client.name, client.created_at)), Some((renamed.name, db.now())));
    assert_eq!(tokens_of(&db, &amina).await, [fresh]);
    assert_eq!(by_hash(&db, before.hash).await, None);
    assert_eq!(by_hash(&db, doomed.hash).await, None);
}

/// That a hash is in use is no fact, so only the database can notice: the batch fails and its commands run one by one.
async fn two_tokens_of_one_hash_cost_only_the_second(db: Database) {
    let amina = db.user("amina").await;
    let issue = |hash| db.store.submit(IssueToken { hash: TokenHash([hash; 32]), ..db.token(&amina) });
    let (start, first, innocent, second, late) =
        join!(biased; db.user("bilal"), issue(1), issue(2), issue(1), issue(3));
    drop(start);
    assert!(matches!(second, Err(Rejection::Failed(StoreError::Bug { .. }))), "{second:?}");
    let db = db.reopen();
    let expected = [first, innocent, late].map(|issued| issued.unwrap().0);
    assert_eq!(tokens_of(&db, &amina).await, expected);
}

async fn the_first_issuer_key_stays(db: Database) {
    assert_eq!(db.store.read().issuer_key().await.unwrap(), None);
    let key = |kid: &str, byte| IssuerKey { kid: kid.to_owned(), pkcs8: vec![byte; 1200] };
    let adopt = |key| db.store.submit(AdoptIssuerKey { key });
    let (first, second) = join!(biased; adopt(key("a", 0)), adopt(key("b", 255)));
    assert_eq!((first.unwrap().0, second.unwrap().0), (key("a", 0), key("a", 0)));
    let db = db.reopen();
    assert_eq!(db.store.submit(AdoptIssuerKey { key: key("c", 1) }).await.unwrap().0, key("a", 0));
    assert_eq!(db.store.read().issuer_key().await.unwrap(), Some(key("a", 0)));
}

async fn the_database_answers(db: Database) {
    db.store.read().ping().await.unwrap();
}
