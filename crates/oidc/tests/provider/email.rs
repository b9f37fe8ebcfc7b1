//! The address that a provider vouches for.

use guestlist_identity::issuer::Issuer as _;
use serde_json::{Value, json};

use crate::support::Fake;

/// The address of the user of a token with these claims, where the provider says this of them.
async fn email(claims: Value, userinfo: &Value) -> (Option<String>, usize) {
    let fake = Fake::new().await;
    let provider = fake.provider();
    fake.say("/me", userinfo);
    let token = fake.token(claims);
    let claims = fake.verify(&provider, &token).await.unwrap();
    let found = provider.email(&token, &claims).await.map(|email| email.to_string());
    let asked = format!("/me Bearer {token}");
    (found, fake.asked().iter().filter(|path| **path == asked).count())
}

const SUBJECT: &str = "8d77a633-b49d-4978-bc1a-70bc2fda7b4b";

#[tokio::test]
async fn an_address_is_taken_from_the_token_if_it_is_verified_there() {
    let address = "amer@example.org";
    let nothing = json!({ "sub": SUBJECT });
    let verified = json!({ "email": address, "email_verified": true });
    assert_eq!(email(verified, &nothing).await, (Some(address.to_owned()), 0));
    for unverified in [
        json!({ "email": address }),
        json!({ "email": address, "email_verified": false }),
        json!({ "email": "nobody", "email_verified": true }),
    ] {
        assert_eq!(email(unverified, &nothing).await, (None, 0));
    }
}

#[tokio::test]
async fn where_the_scope_lets_it_the_provider_is_asked_for_the_address_of_the_same_user() {
    let scopes = json!({ "scp": ["openid", "email", "room"] });
    let info =
        |sub: &str, verified: bool| json!({ "sub": sub, "email": "amer@example.org", "email_verified": verified });
    assert_eq!(email(scopes.clone(), &info(SUBJECT, true)).await, (Some("amer@example.org".to_owned()), 1));
    assert_eq!(email(scopes.clone(), &info(SUBJECT, false)).await, (None, 1));
    assert_eq!(email(scopes.clone(), &info("somebody else", true)).await, (None, 1));
    assert_eq!(email(scopes, &json!("nonsense")).await, (None, 1));
    assert_eq!(email(json!({}), &info(SUBJECT, true)).await, (None, 0));
}
