//! When the provider's keys are asked for.

use std::time::Duration;

use futures_util::future::join_all;
use guestlist_identity::Unauthenticated;
use guestlist_identity::issuer::{IssuerFault, Unverified};
use guestlist_oidc::{Provider, ProviderSettings};
use serde_json::json;

use crate::support::{DISCOVERY, Fake, Key};

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn keys_are_fetched_once_however_many_come_first() {
    let fake = Fake::new().await;
    let provider = fake.provider();
    let tokens: Vec<_> = (0..50).map(|n| fake.token(json!({ "jti": n }))).collect();
    let found = join_all(tokens.iter().map(|token| fake.verify(&provider, token))).await;
    assert!(found.iter().all(Result::is_ok));
    assert_eq!(fake.asked(), [DISCOVERY, "/keys"]);
}

#[tokio::test]
async fn a_storm_of_unknown_keys_is_one_look_in_a_while() {
    let fake = Fake::new().await;
    let provider = Provider::new(ProviderSettings { pause: HOUR, ..fake.settings() }).unwrap();
    let strangers: Vec<_> = (0..3).map(|n| Key::rsa(&format!("stranger-{n}"))).collect();
    let tokens = (0..200).map(|n| strangers[n % 3].sign(&fake.changed(json!({ "jti": n })))).collect::<Vec<_>>();
    let found = join_all(tokens.iter().map(|token| fake.verify(&provider, token))).await;
    let unknown = Err(Unverified::NotGood(Unauthenticated::Unknown));
    assert!(found.iter().all(|found| *found == unknown));
    assert_eq!(fake.asked(), [DISCOVERY, "/keys"]);
    // Nor does it keep those with a known key waiting.
    assert!(fake.verify(&provider, &fake.token(json!({}))).await.is_ok());
    assert_eq!(fake.asked(), [""; 0]);
}

#[tokio::test]
async fn a_storm_while_the_provider_is_away_is_one_look_too_and_says_that_it_is_away() {
    let mut fake = Fake::new().await;
    let provider = Provider::new(ProviderSettings { pause: HOUR, ..fake.settings() }).unwrap();
    fake.stop().await;
    let tokens: Vec<_> = (0..50).map(|n| fake.token(json!({ "jti": n }))).collect();
    let found = join_all(tokens.iter().map(|token| fake.verify(&provider, token))).await;
    let away = Err(Unverified::Unknowable(IssuerFault::Unusable));
    assert!(found.iter().all(|found| *found == away));
    // What was found out holds until the next look.
    fake.start().await;
    assert_eq!(fake.verify(&provider, &tokens[0]).await, away);
    assert_eq!(fake.asked(), [""; 0]);
}

#[tokio::test]
async fn a_new_key_is_found_when_a_token_names_it() {
    let fake = Fake::new().await;
    let (provider, next) = (fake.provider(), Key::rsa("two"));
    assert!(fake.verify(&provider, &fake.token(json!({}))).await.is_ok());
    let token = next.sign(&fake.claims());
    assert_eq!(fake.verify(&provider, &token).await, Err(Unverified::NotGood(Unauthenticated::Unknown)));
    fake.publish(&[&fake.key, &next]);
    assert!(fake.verify(&provider, &token).await.is_ok());
    assert!(fake.verify(&provider, &fake.token(json!({ "jti": "2" }))).await.is_ok());
}

#[tokio::test]
async fn what_a_withdrawn_key_has_signed_is_good_no_more_once_that_is_known() {
    let fake = Fake::new().await;
    let (provider, next) = (fake.provider(), Key::rsa("two"));
    let token = fake.token(json!({}));
    assert!(fake.verify(&provider, &token).await.is_ok());
    fake.publish(&[&next]);
    assert_eq!(provider.look().await, Ok(()));
    assert_eq!(fake.verify(&provider, &token).await, Err(Unverified::NotGood(Unauthenticated::Unknown)));
}

#[tokio::test]
async fn known_keys_go_on_while_the_provider_is_away_and_all_is_well_when_it_is_back() {
    let mut fake = Fake::new().await;
    let (provider, next) = (fake.provider(), Key::rsa("two"));
    assert!(fake.verify(&provider, &fake.token(json!({}))).await.is_ok());
    fake.stop().await;
    fake.publish(&[&next]);
    let away = Err(Unverified::Unknowable(IssuerFault::Unusable));
    for n in 0..3 {
        assert!(fake.verify(&provider, &fake.token(json!({ "jti": n }))).await.is_ok());
        assert_eq!(fake.verify(&provider, &next.sign(&fake.claims())).await, away);
    }
    fake.start().await;
    assert!(fake.verify(&provider, &next.sign(&fake.claims())).await.is_ok());
}

#[tokio::test]
async fn nobody_is_asked_for_the_sake_of_a_token_that_cannot_be_good() {
    let fake = Fake::new().await;
    let provider = fake.provider();
    let curve = Key::ec("curve");
    for token in [
        fake.token(json!({ "iss": "https://elsewhere.example" })),
        curve.sign(&fake.claims()),
        "nonsense".to_owned(),
        fake.token(json!({ "ext": "x".repeat(16 * 1024) })),
    ] {
        assert!(fake.verify(&provider, &token).await.is_err());
    }
    assert_eq!(fake.asked(), [""; 0]);
}
