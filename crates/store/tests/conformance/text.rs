//! Texts survive exactly, whatever is in them.

use guestlist_core::command::{AddClient, AddUser, AdoptIssuerKey, CreateGroup};
use guestlist_core::credential::{IssuerKey, PasswordHash, Scopes};
use guestlist_core::names::{Description, DisplayName, Email, NameError, Slug, Subject, Username};
use guestlist_core::user::UserRef;

use crate::database::{Database, account, client_id, description, email, new_group};

on_every_engine! {
    names_survive_exactly,
    free_texts_survive_exactly,
    addresses_survive_exactly,
    the_longest_names_survive,
    a_null_character_is_no_part_of_a_name,
}

const ODD: [&str; 14] = [
    "O'Neil \"Bob\" \\ `x` -- ; DROP TABLE users;",
    "\\u0041\\n\\\\\\\" %s %00 ${x} {{y}} <b>&amp;",
    "مجموعة القرآن",
    "\u{202e}desrever\u{202c}",
    "\u{feff}mark",
    "👩‍👩‍👧‍👦🇵🇸",
    "e\u{301} is not \u{e9}",
    "null",
    "true",
    "0123",
    "1e999",
    "[1,2]",
    "{\"a\":1}",
    "\u{fffd}\u{ffff}\u{10ffff}",
];

async fn names_survive_exactly(db: Database) {
    let mut users = Vec::new();
    for (n, text) in ODD.iter().enumerate() {
        let ask = AddUser {
            by: None,
            name: Some(DisplayName::parse(text).unwrap()),
            subject: Subject::parse(text).unwrap(),
            password: Some(PasswordHash((*text).to_owned())),
            ..account(&format!("user{n}"))
        };
        let added = db.store.submit(ask).await.unwrap().0;
        let ask = CreateGroup { name: DisplayName::parse(text).unwrap(), ..new_group(&format!("g{n}"), &added) };
        users.push((added, db.store.submit(ask).await.unwrap().0));
    }
    let db = db.reopen();
    for (text, (user, group)) in ODD.iter().zip(users) {
        let found = db.store.read().user(UserRef::Subject(user.subject.clone())).await.unwrap();
        assert_eq!(found.as_ref(), Some(&user), "{text:?}");
        assert_eq!(found.and_then(|user| user.name).unwrap().as_str(), *text);
        assert_eq!(db.store.read().password(user.id).await.unwrap().unwrap().0, *text);
        assert_eq!(db.view(&group, &user).await.group, group);
        // The rules find the subject too: it is one account, not two.
        assert!(db.store.submit(AddUser { subject: user.subject, ..account("again") }).await.is_err());
    }
}

async fn free_texts_survive_exactly(db: Database) {
    let amina = db.user("amina").await;
    let long = "x🦀".repeat(5000);
    let texts: Vec<&str> = ODD.into_iter().chain(["", " \t\r\n ", "\u{2028}", &long]).collect();
    let mut made = Vec::new();
    for (n, text) in texts.iter().enumerate() {
        let ask = CreateGroup { description: description(text), ..new_group(&format!("g{n}"), &amina) };
        let group = db.store.submit(ask).await.unwrap().0;
        let id = client_id(&format!("c{n}"));
        let ask = AddClient { by: None, id, name: (*text).to_owned(), scopes: Scopes::default() };
        made.push((group, db.store.submit(ask).await.unwrap().0));
    }
    // What is no name may hold control characters, too.
    let ask = AddClient {
        by: None,
        id: client_id("controls"),
        name: "\u{1}\u{1f}\u{7f}\u{85}".repeat(1000),
        scopes: Scopes::default(),
    };
    let controls = db.store.submit(ask).await.unwrap().0;
    let key = IssuerKey { kid: texts.concat(), pkcs8: (0..=255).collect() };
    db.store.submit(AdoptIssuerKey { key: key.clone() }).await.unwrap();
    let db = db.reopen();
    assert!(db.store.read().client(controls.id.clone()).await.unwrap() == Some(controls));
    for (group, client) in made {
        let short: String = group.description.as_str().chars().take(30).collect();
        assert!(db.view(&group, &amina).await.group == group, "{short:?}");
        assert!(db.store.read().client(client.id.clone()).await.unwrap() == Some(client), "{short:?}");
    }
    assert!(db.store.read().issuer_key().await.unwrap() == Some(key));
}

async fn addresses_survive_exactly(db: Database) {
    for (n, text) in ["O'Neil+%_@Example.org", "علي@مثال.إختبار", "ΟΔΥΣΣΕΥΣ@example.org", "İ@example.org", "ß{}|`~@x.y"]
        .into_iter()
        .enumerate()
    {
        let address = Email::parse(text).unwrap();
        let ask = AddUser { email: Some(address.clone()), ..account(&format!("user{n}")) };
        let user = db.store.submit(ask).await.unwrap().0;
        let found = db.store.read().user(UserRef::Email(address.clone())).await.unwrap();
        assert_eq!(found.as_ref(), Some(&user), "{text}");
        let emails = db.store.read().emails(user.id).await.unwrap();
        assert_eq!(emails[0].email.as_str(), text);
        assert_eq!(emails[0].email.key(), address.key());
        let shouted = AddUser { email: Some(email(&text.to_lowercase())), ..account("again") };
        assert!(db.store.submit(shouted).await.is_err(), "{text}");
    }
}

async fn the_longest_names_survive(db: Database) {
    let ask = AddUser {
        by: None,
        name: Some(DisplayName::parse(&"🦀".repeat(120)).unwrap()),
        username: Some(Username::parse(&"u".repeat(64)).unwrap()),
        subject: Subject::parse(&"\"".repeat(255)).unwrap(),
        email: Some(email(&format!("{}@{}", "a".repeat(64), "b".repeat(189)))),
        ..account("long")
    };
    let address = ask.email.clone().unwrap();
    let user = db.store.submit(ask).await.unwrap().0;
    let ask = CreateGroup {
        by: None,
        name: DisplayName::parse(&"ض".repeat(120)).unwrap(),
        slug: Slug::parse(&"s".repeat(100)).unwrap(),
        ..new_group("long", &user)
    };
    let group = db.store.submit(ask).await.unwrap().0;
    let db = db.reopen();
    assert_eq!(db.store.read().user(UserRef::Email(address)).await.unwrap(), Some(user.clone()));
    assert_eq!(db.view(&group, &user).await.group, group);
}

async fn a_null_character_is_no_part_of_a_name(_: Database) {
    assert_eq!(DisplayName::parse("a\0b"), Err(NameError::Malformed));
    assert_eq!(Description::parse("a\0b").err(), Some(NameError::Malformed));
    assert_eq!(Username::parse("a\0b").err(), Some(NameError::Malformed));
    assert_eq!(Slug::parse("a\0b").err(), Some(NameError::Malformed));
    assert_eq!(Subject::parse("a\0b").err(), Some(NameError::Malformed));
    assert_eq!(Email::parse("a\0@b.c").err(), Some(NameError::Malformed));
}
