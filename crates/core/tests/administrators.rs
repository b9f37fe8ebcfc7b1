//! Who may look after accounts, clients and other people's tokens: the operator, whom no command names, and
//! administrators; and everybody after what is their own.

#![expect(clippy::unwrap_used, reason = "a test whose own names are wrong shall stop")]

mod check;

use check::check;
use guestlist_core::Command;
use guestlist_core::chat::ChatSettings;
use guestlist_core::chat::Profile;
use guestlist_core::command::{AddClient, AddUser, CreateGroup, DisableUser, IssueToken, RemoveClient, RevokeToken};
use guestlist_core::credential::{ClientId, Grant, Scopes, TokenHash, TokenRef};
use guestlist_core::global_role::GlobalRoles;
use guestlist_core::ids::{TokenId, Uid};
use guestlist_core::names::{Description, DisplayName, Slug, Subject};
use guestlist_core::world::{DAY, World, at, lasting, user};
use insta::assert_snapshot;
use uuid::Uuid;

/// Amina administers the installation, Bilal is anybody, Carim was an administrator and is switched off.
fn town() -> World {
    user("amina").admin("amina").user("bilal").admin("carim").disabled("carim")
}

/// The first line of what becomes of a command.
fn first(world: &World, ask: impl Fn(&World) -> Command) -> String {
    check(world, at(0), ask).lines().next().unwrap().to_owned()
}

fn open_account(by: Option<&'static str>) -> impl Fn(&World) -> Command {
    move |world| {
        let (uid, subject) = (Uid::parse("uid-dawud").unwrap(), Subject::parse("sub-dawud").unwrap());
        let by = by.map(|by| world.id(by));
        AddUser {
            language: None,
            by,
            id: None,
            uid,
            subject,
            username: None,
            name: None,
            email: None,
            is_admin: false,
            roles: GlobalRoles::default(),
            password: None,
            is_email_verified: true,
            is_founder: false,
            profile: Profile::default(),
        }
        .into()
    }
}

#[test]
fn accounts_are_opened_by_the_operator_and_by_administrators() {
    for by in [None, Some("amina")] {
        assert_eq!(first(&town(), open_account(by)), "user added: 4");
    }
    assert_snapshot!(check(&town(), at(0), open_account(Some("bilal"))), @"refused: AdministratorsOnly");
    assert_snapshot!(check(&town(), at(0), open_account(Some("carim"))), @"refused: CallerDisabled");
}

#[test]
fn accounts_are_switched_off_by_administrators_and_not_by_whoever_has_them() {
    let disable =
        |by: &'static str| move |world: &World| DisableUser { by: Some(world.id(by)), user: world.who("bilal") }.into();
    assert_snapshot!(check(&town(), at(0), disable("amina")), @r"
    user disabled: bilal
      ~ user bilal off
    ");
    assert_snapshot!(check(&town(), at(0), disable("bilal")), @"refused: AdministratorsOnly");
}

#[test]
fn clients_are_registered_and_removed_by_administrators() {
    let id = || ClientId::parse("web").unwrap();
    let add = |by: &'static str| {
        move |world: &World| {
            AddClient { by: Some(world.id(by)), id: id(), name: "App".to_owned(), scopes: Scopes::all() }.into()
        }
    };
    let remove = |by: &'static str| move |world: &World| RemoveClient { by: Some(world.id(by)), id: id() }.into();
    assert_snapshot!(check(&town(), at(0), add("amina")), @r#"
    client added: web
      + client web "App" for *
    "#);
    assert_snapshot!(check(&town(), at(0), add("bilal")), @"refused: AdministratorsOnly");
    // Who may not know which clients there are is told the same whether there is one or not.
    assert_snapshot!(check(&town(), at(0), remove("bilal")), @"refused: AdministratorsOnly");
    let world = town().after(at(0), add("amina"));
    assert_snapshot!(check(&world, at(0), remove("bilal")), @"refused: AdministratorsOnly");
    assert_eq!(first(&world, remove("amina")), "client removed: web");
}

#[test]
fn everybody_makes_groups_for_themselves_and_administrators_for_others() {
    let found = |by: &'static str| {
        move |world: &World| {
            CreateGroup {
                language: None,
                by: Some(world.id(by)),
                owner: world.who("bilal"),
                id: None,
                uid: Uid::parse("uid-halaqa").unwrap(),
                slug: Slug::parse("halaqa").unwrap(),
                name: DisplayName::parse("Halaqa").unwrap(),
                description: Description::default(),
                is_public: false,
                chat: ChatSettings::default(),
                members: vec![],
                is_without_owner: false,
            }
            .into()
        }
    };
    let world = town().user("dina");
    for by in ["bilal", "amina"] {
        assert_eq!(first(&world, found(by)), "group created: 1");
    }
    assert_snapshot!(check(&world, at(0), found("dina")), @"refused: AdministratorsOnly");
}

fn issue(by: &'static str, within: &'static str, scopes: Option<&'static str>) -> impl Fn(&World) -> Command {
    move |world| {
        IssueToken {
            by: Some(world.id(by)),
            within: Some(Grant { scopes: Scopes::parse(within).unwrap(), expires_at: None }),
            id: TokenId::from_uuid(Uuid::from_u128(1)),
            hash: TokenHash([1; 32]),
            user: world.who("bilal"),
            client: None,
            scopes: scopes.map(|scopes| Scopes::parse(scopes).unwrap()),
            lifetime: None,
            personal: None,
            replaces: false,
        }
        .into()
    }
}

#[test]
fn a_token_may_do_no_more_than_whoever_asks_for_it() {
    assert_snapshot!(check(&town(), at(0), issue("bilal", "room group.read", None)), @r"
    token issued: 1
      + token 1 of bilal for room group.read
    ");
    assert_snapshot!(check(&town(), at(0), issue("bilal", "room group.read", Some("room.invite"))), @r"
    token issued: 1
      + token 1 of bilal for room.invite
    ");
    assert_snapshot!(check(&town(), at(0), issue("bilal", "group.read", Some("group"))), @"refused: ScopeNotGranted");
    assert_snapshot!(check(&town().user("dina"), at(0), issue("dina", "*", None)), @"refused: AdministratorsOnly");
    assert_snapshot!(check(&town(), at(0), issue("amina", "*", None)), @r"
    token issued: 1
      + token 1 of bilal for *
    ");
}

#[test]
fn a_token_lives_no_longer_than_the_one_that_asks_for_it() {
    let ask = |asked: Option<i64>, end: Option<i64>| {
        move |world: &World| {
            let Command::IssueToken(ask) = issue("bilal", "*", None)(world) else { unreachable!("it issues a token") };
            let within = Some(Grant { scopes: Scopes::all(), expires_at: end.map(at) });
            IssueToken { lifetime: asked.map(lasting), within, ..ask }.into()
        }
    };
    let told = |asked, end| check(&town(), at(0), ask(asked, end)).lines().last().unwrap().trim().to_owned();
    assert_snapshot!(told(None, None), @"+ token 1 of bilal for *");
    assert_snapshot!(told(Some(DAY), None), @"+ token 1 of bilal for * until day 1");
    assert_snapshot!(told(None, Some(DAY)), @"+ token 1 of bilal for * until day 1");
    assert_snapshot!(told(Some(2 * DAY), Some(DAY)), @"+ token 1 of bilal for * until day 1");
}

#[test]
fn a_token_is_ended_by_whom_it_stands_for_and_by_administrators_and_does_not_exist_for_others() {
    let world = town().user("dina").after(at(0), issue("bilal", "*", None));
    let revoke = |by: &'static str| {
        move |world: &World| {
            let token = TokenRef::Id(TokenId::from_uuid(Uuid::from_u128(1)));
            RevokeToken { by: Some(world.id(by)), token }.into()
        }
    };
    for by in ["bilal", "amina"] {
        assert_eq!(first(&world, revoke(by)), "token revoked: 1");
    }
    assert_snapshot!(check(&world, at(0), revoke("dina")), @"refused: TokenNotFound");
    assert_snapshot!(check(&world, at(0), revoke("carim")), @"refused: CallerDisabled");
}
