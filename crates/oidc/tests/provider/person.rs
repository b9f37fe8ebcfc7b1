//! What a provider tells of a user: a name, and an address that it vouches for.

use guestlist_identity::issuer::Issuer as _;
use serde_json::{Value, json};

use crate::support::Fake;

/// Name and address of the user of a token with these claims, where the provider says this of them; and how often it was asked.
async fn person(claims: Value, userinfo: &Value) -> ([Option<String>; 2], usize) {
    let fake = Fake::new().await;
    let provider = fake.provider();
    fake.say("/me", userinfo);
    let token = fake.token(claims);
    let claims = fake.verify(&provider, &token).await.unwrap();
    let found = provider.person(&token, &claims).await;
    let asked = format!("/me Bearer {token}");
    let found = [found.name.map(|name| name.to_string()), found.email.map(|email| email.to_string())];
    (found, fake.asked().iter().filter(|path| **path == asked).count())
}

const SUBJECT: &str = "8d77a633-b49d-4978-bc1a-70bc2fda7b4b";

/// The name and the address, where they are known.
fn told(name: &str, email: &str) -> [Option<String>; 2] {
    [name, email].map(|text| Some(text.to_owned()).filter(|text| !text.is_empty()))
}

#[tokio::test]
async fn an_address_is_taken_from_the_token_if_it_is_verified_there() {
    let nothing = json!({ "sub": SUBJECT });
    for verified in [json!(true), json!("true")] {
        let claims = json!({ "email": "amer@example.org", "email_verified": verified });
        assert_eq!(person(claims, &nothing).await, (told("", "amer@example.org"), 0));
    }
    for unverified in [
        json!({ "email": "amer@example.org" }),
        json!({ "email": "amer@example.org", "email_verified": false }),
        json!({ "email": "amer@example.org", "email_verified": "no" }),
        json!({ "email": "nobody", "email_verified": true }),
        json!({ "email": ["amer@example.org"], "email_verified": true }),
    ] {
        assert_eq!(person(unverified, &nothing).await, (told("", ""), 0));
    }
}

#[tokio::test]
async fn a_name_is_taken_as_it_is_or_put_together() {
    for (claims, name) in [
        (json!({ "name": " Amer Faruk ", "given_name": "A" }), "Amer Faruk"),
        (json!({ "given_name": "Amer", "family_name": "Faruk" }), "Amer Faruk"),
        (json!({ "first_name": "عامر", "last_name": "" }), "عامر"),
        (json!({ "name": "", "last_name": "Faruk" }), "Faruk"),
        (json!({ "name": "x".repeat(121) }), ""),
        (json!({ "name": 1, "given_name": ["Amer"] }), ""),
    ] {
        assert_eq!(person(claims, &json!({})).await, (told(name, ""), 0));
    }
}

#[tokio::test]
async fn where_the_scope_lets_it_the_provider_is_asked_for_what_the_token_does_not_tell_of_the_same_user() {
    for scope in ["email", "profile"] {
        let claims = json!({ "scp": [scope, "room"], "name": "Amer" });
        let info = |sub: &str, verified: bool| json!({ "sub": sub, "name": "Another", "email": "amer@example.org", "email_verified": verified });
        let whole = (told("Amer", "amer@example.org"), 1);
        assert_eq!(person(claims.clone(), &info(SUBJECT, true)).await, whole);
        let part = (told("Amer", ""), 1);
        assert_eq!(person(claims.clone(), &info(SUBJECT, false)).await, part);
        assert_eq!(person(claims.clone(), &info("somebody else", true)).await, part);
        assert_eq!(person(claims, &json!("nonsense")).await, part);
        assert_eq!(person(json!({ "name": "Amer" }), &info(SUBJECT, true)).await, (told("Amer", ""), 0));
    }
    let all = json!({ "scp": "email room", "name": "Amer", "email": "a@example.org", "email_verified": true });
    assert_eq!(person(all, &json!({})).await, (told("Amer", "a@example.org"), 0));
}
