//! Asking the provider about each token.

use axum::http::StatusCode;
use guestlist_identity::Unauthenticated;
use guestlist_identity::issuer::{IssuerFault, Unverified};
use guestlist_oidc::{Introspector, Provider, ProviderSettings};
use serde_json::json;

use crate::support::{DISCOVERY, Fake};

const UNUSABLE: Unverified = Unverified::Unknowable(IssuerFault::Unusable);

/// "guestlist:secret", as RFC 7617 has it.
const ASKED: &str = "/introspect Basic Z3Vlc3RsaXN0OnNlY3JldA==";

fn provider(fake: &Fake) -> Provider {
    let introspector = Introspector { client: "guestlist".to_owned(), secret: "secret".to_owned() };
    Provider::new(ProviderSettings { introspector: Some(introspector), ..fake.settings() }).unwrap()
}

#[tokio::test]
async fn a_token_is_asked_about_once_a_minute() {
    let fake = Fake::new().await;
    let (provider, token) = (provider(&fake), fake.token(json!({})));
    fake.say("/introspect", &json!({ "active": true, "token_use": "access_token", "scope": "room user" }));
    for _ in 0..3 {
        assert!(fake.verify(&provider, &token).await.is_ok());
    }
    assert_eq!(fake.asked(), [DISCOVERY, "/keys", ASKED]);
    fake.clock.advance_millis(59_999);
    assert!(fake.verify(&provider, &token).await.is_ok());
    assert_eq!(fake.asked(), [""; 0]);
    // A clock that was set back does not make that minute longer.
    fake.clock.advance_millis(-60_000);
    assert!(fake.verify(&provider, &token).await.is_ok());
    assert_eq!(fake.asked(), [ASKED]);
    fake.clock.advance_millis(60_000);
    fake.say("/introspect", &json!({ "active": false }));
    let revoked = Err(Unverified::NotGood(Unauthenticated::Revoked));
    assert_eq!(fake.verify(&provider, &token).await, revoked);
    assert_eq!(fake.verify(&provider, &token).await, revoked);
    assert_eq!(fake.asked(), [ASKED, ASKED]);
}

#[tokio::test]
async fn what_is_not_active_or_no_access_token_is_not_good() {
    let fake = Fake::new().await;
    for (answer, reason) in [
        (json!({ "active": false }), Unauthenticated::Revoked),
        (json!({ "active": true, "token_use": "refresh_token" }), Unauthenticated::Malformed),
    ] {
        fake.say("/introspect", &answer);
        let found = fake.verify(&provider(&fake), &fake.token(json!({}))).await;
        assert_eq!(found, Err(Unverified::NotGood(reason)), "{answer}");
    }
    // The provider is not asked about what cannot be good.
    let bad = fake.token(json!({ "exp": fake.now().as_secs() - 1 }));
    fake.asked();
    assert!(fake.verify(&provider(&fake), &bad).await.is_err());
    assert_eq!(fake.asked(), [DISCOVERY, "/keys"]);
}

#[tokio::test]
async fn what_cannot_be_found_out_is_neither_good_nor_bad() {
    let mut fake = Fake::new().await;
    for (status, text) in [
        (StatusCode::UNAUTHORIZED, r#"{"error":"invalid_client"}"#),
        (StatusCode::OK, "{}"),
        (StatusCode::OK, r#"{"active":"yes"}"#),
        (StatusCode::OK, "active"),
        (StatusCode::BAD_GATEWAY, ""),
    ] {
        fake.say_text("/introspect", status, text);
        assert_eq!(fake.verify(&provider(&fake), &fake.token(json!({}))).await, Err(UNUSABLE), "{status} {text}");
    }
    fake.say(DISCOVERY, &json!({ "issuer": fake.url(), "jwks_uri": format!("{}/keys", fake.url()) }));
    assert_eq!(fake.verify(&provider(&fake), &fake.token(json!({}))).await, Err(UNUSABLE), "no endpoint");

    // What was found out lately holds while the provider is away.
    let fresh = Fake::new().await;
    fake = fresh;
    let provider = provider(&fake);
    fake.say("/introspect", &json!({ "active": true }));
    let (known, other) = (fake.token(json!({})), fake.token(json!({ "jti": "2" })));
    assert!(fake.verify(&provider, &known).await.is_ok());
    fake.stop().await;
    assert!(fake.verify(&provider, &known).await.is_ok());
    assert_eq!(fake.verify(&provider, &other).await, Err(UNUSABLE));
    fake.clock.advance_millis(60_000);
    assert_eq!(fake.verify(&provider, &known).await, Err(UNUSABLE));
}
