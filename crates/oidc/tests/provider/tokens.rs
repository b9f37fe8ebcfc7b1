//! Which tokens are good.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guestlist_identity::Unauthenticated;
use guestlist_identity::issuer::Unverified;
use guestlist_identity::jwt::{Algorithm, Demands};
use guestlist_oidc::{Provider, ProviderSettings};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};

use crate::support::{Fake, Key};

const fn not(reason: Unauthenticated) -> Unverified {
    Unverified::NotGood(reason)
}

#[tokio::test]
async fn a_token_says_who_calls_through_which_client_and_for_what() {
    let fake = Fake::new().await;
    let provider = fake.provider();
    for scopes in [
        json!({}),
        json!({ "scp": "room user" }),
        json!({ "scp": null, "scope": "room user" }),
        json!({ "scp": null, "scope": ["room", "user"] }),
    ] {
        let claims = fake.verify(&provider, &fake.token(scopes)).await.unwrap();
        let subject = claims.subject.map(|subject| subject.to_string());
        assert_eq!(subject.as_deref(), Some("8d77a633-b49d-4978-bc1a-70bc2fda7b4b"));
        assert_eq!((claims.client.as_str(), claims.scopes.cover("room.read")), ("app", true));
        assert_eq!(claims.expires_at.as_secs(), fake.now().as_secs() + 3600);
    }
    for application in [json!({ "sub": "app" }), json!({ "sub": null })] {
        assert_eq!(fake.verify(&provider, &fake.token(application)).await.unwrap().subject, None);
    }
}

#[tokio::test]
async fn the_sign_for_every_scope_is_not_the_providers_to_give() {
    let fake = Fake::new().await;
    let provider = fake.provider();
    let claims = fake.verify(&provider, &fake.token(json!({ "scp": ["*", "room.read"] }))).await.unwrap();
    assert!(claims.scopes.cover("room.read") && !claims.scopes.cover("room.join") && !claims.scopes.cover("user"));
}

#[tokio::test]
async fn what_is_no_good_access_token_is_told_by_what_is_wrong_with_it() {
    use Unauthenticated::{Expired, Malformed, NotYetValid, Unknown};
    let fake = Fake::new().await;
    let provider = fake.provider();
    let now = fake.now().as_secs();
    let impostor = Key::rsa("one");
    let good = fake.token(json!({}));
    let [_, payload, signature] = <[&str; 3]>::try_from(good.split('.').collect::<Vec<_>>()).unwrap();
    let header = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let none = header(json!({ "alg": "none", "typ": "JWT", "kid": "one" }));
    // The public key, which everybody has, taken for a shared secret.
    let secret = EncodingKey::from_secret(fake.key.public["n"].as_str().unwrap().as_bytes());
    let mut symmetric = Header::new(jsonwebtoken::Algorithm::HS256);
    symmetric.kid = Some("one".to_owned());
    let symmetric = jsonwebtoken::encode(&symmetric, &fake.claims(), &secret).unwrap();
    let typed = |kind: &str| {
        let header = Header { typ: Some(kind.to_owned()), ..fake.key.header() };
        jsonwebtoken::encode(&header, &fake.claims(), &fake.key.private).unwrap()
    };
    for (what, token, reason) in [
        ("at its end", fake.token(json!({ "exp": now })), Expired),
        ("expired by a second", fake.token(json!({ "exp": now - 1 })), Expired),
        ("good in 61 seconds", fake.token(json!({ "nbf": now + 61 })), NotYetValid),
        ("of another issuer", fake.token(json!({ "iss": "https://elsewhere.example" })), Unknown),
        ("of a longer issuer", fake.token(json!({ "iss": format!("{}/x", fake.url()) })), Unknown),
        ("signed with another key", impostor.sign(&fake.claims()), Unknown),
        ("not signed", format!("{none}.{payload}."), Malformed),
        ("not signed, with a signature", format!("{none}.{payload}.{signature}"), Malformed),
        ("signed with the public key", symmetric, Unknown),
        ("an ID token", fake.token(json!({ "aud": ["app"], "client_id": null, "scp": null, "sid": "1" })), Malformed),
        ("without scopes", fake.token(json!({ "scp": null })), Malformed),
        ("said to be an ID token", fake.token(json!({ "token_use": "id" })), Malformed),
        ("said so in another way", fake.token(json!({ "typ": "ID" })), Malformed),
        ("with what ID tokens have", fake.token(json!({ "at_hash": "x" })), Malformed),
        ("of no client", fake.token(json!({ "client_id": null })), Malformed),
        ("a notice of a logout", typed("logout+jwt"), Malformed),
        ("a refresh token", "ory_rt_nR1cH4o.w5sq3SgeNO".to_owned(), Malformed),
        ("of 16 KB", fake.token(json!({ "ext": "x".repeat(16 * 1024) })), Malformed),
        ("with another payload", good.replace(payload, &header(fake.changed(json!({ "sub": "root" })))), Unknown),
        ("cut off", good[..good.len() - 1].to_owned(), Malformed),
        ("nothing", String::new(), Malformed),
        ("with a time that is none", fake.token(json!({ "exp": "tomorrow" })), Malformed),
    ] {
        let found = fake.verify(&provider, &token).await;
        let is_refused = matches!(found, Err(Unverified::NotGood(found)) if found == reason || reason == Malformed && found == Unknown);
        assert!(is_refused, "{what}: {found:?}");
    }
    for (what, token) in [
        ("good for a second", fake.token(json!({ "exp": now + 1 }))),
        ("good in 60 seconds", fake.token(json!({ "nbf": now + 60 }))),
        ("typed as RFC 9068 has it", typed("at+jwt")),
        ("typed in full", typed("application/AT+JWT")),
        ("of a client by its other name", fake.token(json!({ "client_id": null, "azp": "app", "typ": "Bearer" }))),
    ] {
        assert!(fake.verify(&provider, &token).await.is_ok(), "{what}");
    }
}

#[tokio::test]
async fn a_token_that_was_good_a_moment_ago_ends_on_its_second() {
    let fake = Fake::new().await;
    let provider = fake.provider();
    let token = fake.token(json!({ "exp": fake.now().as_secs() + 30 }));
    assert!(fake.verify(&provider, &token).await.is_ok());
    fake.clock.advance_millis(29_999);
    assert!(fake.verify(&provider, &token).await.is_ok());
    fake.clock.advance_millis(1);
    assert_eq!(fake.verify(&provider, &token).await, Err(not(Unauthenticated::Expired)));
}

#[tokio::test]
async fn a_token_without_the_name_of_a_key_is_tried_with_all() {
    let fake = Fake::new().await;
    let (other, provider) = (Key::rsa("two"), fake.provider());
    fake.publish(&[&other, &fake.key]);
    let header = Header::new(jsonwebtoken::Algorithm::RS256);
    let sign = |key: &Key| jsonwebtoken::encode(&header, &fake.claims(), &key.private).unwrap();
    assert!(fake.verify(&provider, &sign(&fake.key)).await.is_ok());
    let stranger = fake.verify(&provider, &sign(&Key::rsa("one"))).await;
    assert_eq!(stranger, Err(not(Unauthenticated::Unknown)));
}

#[tokio::test]
async fn the_issuer_may_be_set_with_or_without_a_slash_and_counts_as_the_provider_writes_it() {
    let fake = Fake::new().await;
    let url = fake.url();
    for (set, says) in [(url.clone(), format!("{url}/")), (format!("{url}/"), url.clone())] {
        fake.say(crate::support::DISCOVERY, &json!({ "issuer": says, "jwks_uri": format!("{url}/keys") }));
        let provider = Provider::new(ProviderSettings { issuer: set.parse().unwrap(), ..fake.settings() }).unwrap();
        assert!(fake.verify(&provider, &fake.token(json!({ "iss": says }))).await.is_ok());
        let other = if says == url { format!("{url}/") } else { url.clone() };
        let found = fake.verify(&provider, &fake.token(json!({ "iss": other }))).await;
        assert_eq!(found, Err(not(Unauthenticated::Unknown)));
    }
}

#[tokio::test]
async fn an_audience_counts_where_one_is_set() {
    let fake = Fake::new().await;
    let audience = Some("guestlist".to_owned());
    let demands = Demands { algorithms: vec![Algorithm::RS256], audience, ..Demands::default() };
    let provider = Provider::new(ProviderSettings { demands, ..fake.settings() }).unwrap();
    for audience in [json!("guestlist"), json!(["other", "guestlist"])] {
        assert!(fake.verify(&provider, &fake.token(json!({ "aud": audience }))).await.is_ok());
    }
    for audience in [json!(null), json!([]), json!("guestlists"), json!(["other"])] {
        let found = fake.verify(&provider, &fake.token(json!({ "aud": audience }))).await;
        assert_eq!(found, Err(not(Unauthenticated::Unknown)), "{audience}");
    }
}

#[tokio::test]
async fn where_scopes_do_not_count_a_token_may_have_none_but_an_id_token_is_none_still() {
    let fake = Fake::new().await;
    let demands = Demands { may_lack_scopes: true, ..fake.settings().demands };
    let provider = Provider::new(ProviderSettings { demands, ..fake.settings() }).unwrap();
    let claims = fake.verify(&provider, &fake.token(json!({ "scp": null }))).await.unwrap();
    assert_eq!(claims.scopes.iter().count(), 0);
    for id_token in
        [json!({ "scp": null, "client_id": null, "azp": "app", "aud": "app" }), json!({ "scp": null, "at_hash": "x" })]
    {
        let found = fake.verify(&provider, &fake.token(id_token)).await;
        assert_eq!(found, Err(not(Unauthenticated::Malformed)));
    }
}

#[tokio::test]
async fn an_algorithm_is_taken_where_it_is_set_and_symmetric_ones_never() {
    let fake = Fake::new().await;
    let key = Key::ec("curve");
    fake.publish(&[&fake.key, &key]);
    let provider = |names: &[&str]| {
        let algorithms = names.iter().map(|name| name.parse().unwrap()).collect();
        let demands = Demands { algorithms, ..Demands::default() };
        Provider::new(ProviderSettings { demands, ..fake.settings() }).unwrap()
    };
    let (rsa, curve) = (fake.token(json!({})), key.sign(&fake.claims()));
    let good = async |names: &[&str], token: &str| fake.verify(&provider(names), token).await.is_ok();
    assert!(good(&["RS256"], &rsa).await && !good(&["RS256"], &curve).await);
    assert!(!good(&["ES256"], &rsa).await && good(&["ES256"], &curve).await);
    assert!(good(&["ES256", "RS256"], &rsa).await && good(&["RS256", "ES256"], &curve).await);
    assert!(!good(&["PS256", "ES256"], &rsa).await);
    for symmetric in ["HS256", "HS384", "HS512", "none", "rs256", ""] {
        assert!(symmetric.parse::<Algorithm>().is_err(), "{symmetric}");
    }
}
