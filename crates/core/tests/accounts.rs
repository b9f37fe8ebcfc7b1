//! Users, groups, tokens, clients and the issuer's key: what others stand on.

#![expect(clippy::unwrap_used, reason = "a test whose own names are wrong shall stop")]

mod check;

use check::check;
use guestlist_core::change::Change;
use guestlist_core::chat::ChatSettings;
use guestlist_core::chat::Profile;
use guestlist_core::command::{
    AddClient, AddUser, AdoptIssuerKey, Command, CreateGroup, DisableUser, IssueToken, RemoveClient, RevokeToken,
    SeeSubject,
};
use guestlist_core::credential::{ClientId, IssuerKey, PasswordHash, Scopes, TokenHash, TokenRef};
use guestlist_core::global_role::GlobalRoles;
use guestlist_core::group::{Group, GroupRef};
use guestlist_core::ids::{GroupId, MAX_CHOSEN, MAX_EXACT_IN_JSON, TokenId, Uid, UserId};
use guestlist_core::names::{Description, DisplayName, Email, Slug, Subject, Username};
use guestlist_core::user::{User, UserRef};
use guestlist_core::world::{DAY, HOUR, World, accept, at, group, lasting, offer, user};
use insta::assert_snapshot;
use uuid::Uuid;

// Users.

/// A user who has nothing in common with those of a world.
fn newcomer() -> AddUser {
    AddUser {
        language: None,
        by: None,
        id: None,
        uid: Uid::parse("uid-new").unwrap(),
        subject: Subject::parse("sub-new").unwrap(),
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
}

fn add_user(ask: AddUser) -> impl Fn(&World) -> Command {
    move |_| ask.clone().into()
}

fn numbered(id: i64) -> AddUser {
    AddUser { id: UserId::new(id), ..newcomer() }
}

#[test]
fn a_user_gets_the_next_number() {
    assert_snapshot!(check(&user("amina"), at(HOUR), add_user(newcomer())), @r"
    user added: 2
      + user 2 uid-new sub-new
    ");
}

#[test]
fn a_user_is_written_with_all_that_the_operator_said() {
    let ask = AddUser {
        by: None,
        id: UserId::new(153),
        username: Username::parse("Amer").ok(),
        name: DisplayName::parse("Amer M.").ok(),
        email: Email::parse("amer@quran.com").ok(),
        is_admin: true,
        roles: GlobalRoles::default(),
        password: Some(PasswordHash("$argon2id$".to_owned())),
        ..newcomer()
    };
    assert_snapshot!(check(&World::default(), at(HOUR), add_user(ask)), @r#"
    user added: 153
      + user 153 Amer "Amer M." uid-new sub-new admin
      + address amer@quran.com of 153 verified
      + password of 153
    "#);
}

#[test]
fn numbers_go_on_after_the_highest_ever_given() {
    let world = user("amina").after(at(0), add_user(numbered(153)));
    assert_snapshot!(check(&world, at(0), see("sub-other", "uid-other")), @r"
    user seen: 154
      + user 154 uid-other sub-other
    ");
}

#[test]
fn a_lower_number_of_the_operators_choice_does_not_set_the_next_one_back() {
    let other = AddUser { uid: Uid::parse("uid-other").unwrap(), subject: Subject::parse("o").unwrap(), ..numbered(7) };
    let world = user("amina").after(at(0), add_user(numbered(153))).after(at(0), add_user(other));
    assert_snapshot!(check(&world, at(0), see("sub-third", "uid-third")), @r"
    user seen: 154
      + user 154 uid-third sub-third
    ");
}

#[test]
fn an_operator_chooses_among_the_lower_half_of_the_numbers() {
    assert_snapshot!(check(&user("amina"), at(0), add_user(numbered(MAX_CHOSEN))), @r"
    user added: 4503599627370496
      + user 4503599627370496 uid-new sub-new
    ");
    for id in [MAX_CHOSEN + 1, MAX_EXACT_IN_JSON, i64::MAX] {
        assert_eq!(check(&user("amina"), at(0), add_user(numbered(id))), "refused: IdOutOfRange");
    }
}

#[test]
fn whatever_number_an_operator_chooses_there_are_more() {
    let world = user("amina").after(at(0), add_user(numbered(MAX_CHOSEN)));
    assert_snapshot!(check(&world, at(0), see("sub-other", "uid-other")), @r"
    user seen: 4503599627370497
      + user 4503599627370497 uid-other sub-other
    ");
    let other = AddUser { uid: Uid::parse("u").unwrap(), subject: Subject::parse("o").unwrap(), ..newcomer() };
    assert_snapshot!(check(&world, at(0), add_user(other)), @r"
    user added: 4503599627370497
      + user 4503599627370497 u o
    ");
}

#[test]
fn a_number_that_json_clients_cannot_read_is_never_given() {
    let last_but_one = UserId::new(MAX_EXACT_IN_JSON - 1).unwrap();
    let mut world = user("amina");
    let amina = world.facts().user(&UserRef::Id(world.id("amina"))).unwrap().clone();
    let subject = Subject::parse("sub-high").unwrap();
    let uid = Uid::parse("uid-high").unwrap();
    world.write(Change::User(User { id: last_but_one, uid, subject, username: None, ..amina }));

    assert_snapshot!(check(&world, at(0), add_user(newcomer())), @r"
    user added: 9007199254740991
      + user 9007199254740991 uid-new sub-new
    ");
    assert_snapshot!(check(&world, at(0), see("sub-other", "uid-other")), @r"
    user seen: 9007199254740991
      + user 9007199254740991 uid-other sub-other
    ");
    let world = world.after(at(0), see("sub-other", "uid-other"));
    assert_snapshot!(check(&world, at(0), add_user(newcomer())), @"refused: IdOutOfRange");
    assert_snapshot!(check(&world, at(0), see("sub-third", "uid-third")), @"refused: IdOutOfRange");
}

#[test]
fn what_names_one_user_names_no_other() {
    let world = user("amina").verified("amina", "amina@example.org").unverified("amina", "other@example.org");
    let check = |ask| check(&world, at(0), add_user(ask));
    assert_snapshot!(check(numbered(1)), @"refused: IdTaken");

    let uid = Uid::parse("uid-amina").unwrap();
    assert_snapshot!(check(AddUser { uid, ..newcomer() }), @"refused: UidTaken");
    let subject = Subject::parse("sub-amina").unwrap();
    assert_snapshot!(check(AddUser { subject, ..newcomer() }), @"refused: SubjectTaken");
    let username = Username::parse("AMINA").ok();
    assert_snapshot!(check(AddUser { username, ..newcomer() }), @"refused: UsernameTaken");
    let email = Email::parse("Amina@example.org").ok();
    assert_snapshot!(check(AddUser { email, ..newcomer() }), @"refused: EmailTaken");
    // Claimed is taken, too: an address has one user at most.
    let email = Email::parse("other@example.org").ok();
    assert_snapshot!(check(AddUser { email, ..newcomer() }), @"refused: EmailTaken");
}

#[test]
fn a_new_user_finds_the_invitation_that_waits_for_their_address() {
    let ask =
        AddUser { username: Username::parse("new").ok(), email: Email::parse("New@example.org").ok(), ..newcomer() };
    let world = group("circle").owner("amina").after(at(0), offer("amina", &["new@example.org"], lasting(DAY)));
    let world = world.after(at(0), add_user(ask));
    assert_snapshot!(check(&world, at(HOUR), accept("new", "new@example.org")), @r"
    accepted: new member of circle
      ~ invitation 1 accepted by new
      + membership new
      ~ group members=2 invitations=0 notices=1
    ");
}

fn see(subject: &str, uid: &str) -> impl Fn(&World) -> Command {
    move |_| {
        SeeSubject { subject: Subject::parse(subject).unwrap(), uid: Uid::parse(uid).unwrap(), name: None, email: None }
            .into()
    }
}

#[test]
fn a_subject_has_an_account_from_the_first_sight_on() {
    assert_snapshot!(check(&user("amina"), at(HOUR), see("sub-new", "uid-new")), @r"
    user seen: 2
      + user 2 uid-new sub-new
    ");
    let world = user("amina").after(at(0), see("sub-new", "uid-new"));
    assert_snapshot!(check(&world, at(HOUR), see("sub-new", "uid-unused")), @"user seen: 2");
    assert_snapshot!(check(&world, at(HOUR), see("sub-amina", "uid-amina")), @"user seen: 1");
}

#[test]
fn a_subject_of_uuid_form_is_the_same_in_capitals() {
    let world = World::default().after(at(0), see("8d77a633-b49d-4978-bc1a-70bc2fda7b4b", "uid-new"));
    assert_snapshot!(check(&world, at(0), see("8D77A633-B49D-4978-BC1A-70BC2FDA7B4B", "uid-other")), @"user seen: 1");
}

#[test]
fn a_new_subject_does_not_get_the_uid_of_another_user() {
    assert_snapshot!(check(&user("amina"), at(0), see("sub-new", "uid-amina")), @"refused: UidTaken");
}

fn disable(name: &str) -> impl Fn(&World) -> Command {
    |world| DisableUser { by: None, user: world.who(name) }.into()
}

#[test]
fn an_account_is_switched_off_once() {
    let world = user("amina");
    assert_snapshot!(check(&world, at(HOUR), disable("amina")), @r"
    user disabled: amina
      ~ user amina off
    ");
    assert_snapshot!(check(&world.after(at(0), disable("amina")), at(HOUR), disable("amina")), @"user disabled: amina");
}

#[test]
fn an_account_that_is_not_there_cannot_be_switched_off() {
    let world = user("amina").unverified("amina", "amina@example.org");
    assert_snapshot!(check(&world, at(0), disable("nobody")), @"refused: UserNotFound");
    assert_snapshot!(check(&world, at(0), disable("amina@example.org")), @"refused: UserNotFound");
}

// Groups.

/// Amina makes a group, a plain one but for `change`.
fn create(change: impl Fn(&mut CreateGroup)) -> impl Fn(&World) -> Command {
    move |world| {
        let mut ask = CreateGroup {
            language: None,
            by: None,
            owner: world.who("amina"),
            id: None,
            uid: Uid::parse("uid-halaqa").unwrap(),
            slug: Slug::parse("my-halaqa").unwrap(),
            name: DisplayName::parse("My Halaqa").unwrap(),
            description: Description::default(),
            is_public: false,
            chat: ChatSettings::default(),
            members: vec![],
            is_without_owner: false,
        };
        change(&mut ask);
        ask.into()
    }
}

#[test]
fn whoever_makes_a_group_owns_it() {
    assert_snapshot!(check(&user("eve").user("amina"), at(HOUR), create(|_| ())), @r#"
    group created: 1
      + group 1 my-halaqa "My Halaqa" "" uid-halaqa by amina
      + membership amina owner
      ~ group members=1 owners=1
    "#);
}

#[test]
fn a_group_is_written_with_all_that_was_said() {
    let ask = create(|ask| {
        ask.id = GroupId::new(1234);
        ask.description = Description::parse("Al-Kahf, weekly").unwrap();
        ask.is_public = true;
    });
    assert_snapshot!(check(&user("amina"), at(0), ask), @r#"
    group created: 1234
      + group 1234 my-halaqa "My Halaqa" "Al-Kahf, weekly" uid-halaqa by amina public
      + membership amina owner
      ~ group members=1 owners=1
    "#);
}

#[test]
fn group_numbers_go_on_after_the_highest_ever_given() {
    let world = user("amina").after(at(0), create(|ask| ask.id = GroupId::new(1234))).group("next");
    assert_eq!(world.here(), GroupRef::Id(GroupId::new(1235).unwrap()));
}

#[test]
fn an_operator_chooses_among_the_lower_half_of_the_group_numbers() {
    let create = |id: i64| create(move |ask| ask.id = GroupId::new(id));
    assert_snapshot!(check(&user("amina"), at(0), create(MAX_CHOSEN)), @r#"
    group created: 4503599627370496
      + group 4503599627370496 my-halaqa "My Halaqa" "" uid-halaqa by amina
      + membership amina owner
      ~ group members=1 owners=1
    "#);
    for id in [MAX_CHOSEN + 1, MAX_EXACT_IN_JSON, i64::MAX] {
        assert_eq!(check(&user("amina"), at(0), create(id)), "refused: IdOutOfRange");
    }
}

#[test]
fn a_group_number_that_json_clients_cannot_read_is_never_given() {
    let mut world = group("circle").user("amina");
    let circle = world.facts().group(&world.here()).unwrap().clone();
    let slug = |text| Slug::parse(text).unwrap();
    let (id, uid) = (GroupId::new(MAX_EXACT_IN_JSON - 1).unwrap(), Uid::parse("uid-high").unwrap());
    world.write(Change::Group(Group { id, uid, slug: slug("high"), ..circle }));

    assert_snapshot!(check(&world, at(0), create(|_| ())), @r#"
    group created: 9007199254740991
      + group 9007199254740991 my-halaqa "My Halaqa" "" uid-halaqa by amina
      + membership amina owner
      ~ group members=1 owners=1
    "#);
    let other = create(|ask| (ask.slug, ask.uid) = (slug("last"), Uid::parse("uid-last").unwrap()));
    assert_snapshot!(check(&world.after(at(0), other), at(0), create(|_| ())), @"refused: IdOutOfRange");
}

#[test]
fn what_names_one_group_names_no_other() {
    let world = group("circle").owner("amina");
    let uid = |text| create(move |ask| ask.uid = Uid::parse(text).unwrap());
    let slug = |text| create(move |ask| ask.slug = Slug::parse(text).unwrap());
    assert_snapshot!(check(&world, at(0), create(|ask| ask.id = GroupId::new(1))), @"refused: IdTaken");
    assert_snapshot!(check(&world, at(0), uid("uid-circle")), @"refused: UidTaken");
    assert_snapshot!(check(&world, at(0), slug("circle")), @"refused: SlugTaken");
    // Slugs compare exactly.
    assert_snapshot!(check(&world, at(0), slug("Circle")), @r#"
    group created: 2
      + group 2 Circle "My Halaqa" "" uid-halaqa by amina
      + membership amina owner
      ~ group members=1 owners=1
    "#);
}

#[test]
fn a_group_needs_somebody_whose_account_can_be_used() {
    assert_snapshot!(check(&user("eve"), at(0), create(|_| ())), @"refused: UserNotFound");
    assert_snapshot!(check(&user("eve").disabled("amina"), at(0), create(|_| ())), @"refused: CallerDisabled");
}

// Clients and tokens.

fn client(id: &str) -> ClientId {
    ClientId::parse(id).unwrap()
}

fn add_client(id: &str, scopes: &str) -> impl Fn(&World) -> Command {
    move |_| {
        AddClient { by: None, id: client(id), name: "App".to_owned(), scopes: Scopes::parse(scopes).unwrap() }.into()
    }
}

fn remove_client(id: &str) -> impl Fn(&World) -> Command {
    move |_| RemoveClient { by: None, id: client(id) }.into()
}

fn token(n: u8) -> TokenId {
    TokenId::from_uuid(Uuid::from_u128(n.into()))
}

/// A token for Amina.
fn issue(n: u8, client_id: Option<&str>, scopes: Option<&str>) -> impl Fn(&World) -> Command {
    move |world| {
        IssueToken {
            by: None,
            within: None,
            id: token(n),
            hash: TokenHash([n; 32]),
            user: world.who("amina"),
            client: client_id.map(client),
            scopes: scopes.map(|scopes| Scopes::parse(scopes).unwrap()),
            lifetime: None,
            personal: None,
            replaces: false,
        }
        .into()
    }
}

fn revoke(token: TokenRef) -> impl Fn(&World) -> Command {
    move |_| RevokeToken { by: None, token: token.clone() }.into()
}

#[test]
fn a_client_is_registered_once() {
    let world = World::default();
    assert_snapshot!(check(&world, at(HOUR), add_client("web", "room group.read room")), @r#"
    client added: web
      + client web "App" for room group.read
    "#);
    let world = world.after(at(0), add_client("web", "room"));
    assert_snapshot!(check(&world, at(0), add_client("web", "room")), @"refused: ClientTaken");
    // Ids compare byte for byte.
    assert_snapshot!(check(&world, at(0), add_client("Web", "")), @r#"
    client added: Web
      + client Web "App" for
    "#);
}

#[test]
fn a_client_that_is_not_there_cannot_be_removed() {
    assert_snapshot!(check(&World::default(), at(0), remove_client("web")), @"refused: ClientNotFound");
}

#[test]
fn a_token_without_a_client_may_do_everything_and_lasts_until_revoked() {
    assert_snapshot!(check(&user("amina"), at(HOUR), issue(1, None, None)), @r"
    token issued: 1
      + token 1 of amina for *
    ");
    assert_snapshot!(check(&user("amina"), at(HOUR), issue(1, None, Some("room.read"))), @r"
    token issued: 1
      + token 1 of amina for room.read
    ");
}

#[test]
fn a_token_lives_as_long_as_was_asked() {
    let ask = |world: &World| {
        IssueToken {
            by: None,
            within: None,
            id: token(1),
            hash: TokenHash([1; 32]),
            user: world.who("amina"),
            client: None,
            scopes: None,
            lifetime: Some(lasting(DAY)),
            personal: None,
            replaces: false,
        }
        .into()
    };
    assert_snapshot!(check(&user("amina"), at(HOUR), ask), @r"
    token issued: 1
      + token 1 of amina for * until day 1 + 3600000 ms
    ");
}

#[test]
fn a_token_of_a_client_may_do_at_most_what_the_client_may() {
    let world = user("amina").after(at(0), add_client("web", "room group.read"));
    assert_snapshot!(check(&world, at(0), issue(1, Some("web"), None)), @r"
    token issued: 1
      + token 1 of amina at web for room group.read
    ");
    assert_snapshot!(check(&world, at(0), issue(1, Some("web"), Some("room.invite group.read"))), @r"
    token issued: 1
      + token 1 of amina at web for room.invite group.read
    ");
    assert_snapshot!(check(&world, at(0), issue(1, Some("web"), Some("room group"))), @"refused: ScopeNotGranted");
    assert_snapshot!(check(&world, at(0), issue(1, Some("web"), Some("*"))), @"refused: ScopeNotGranted");
}

#[test]
fn a_token_needs_a_user_whose_account_can_be_used_and_a_client_that_exists() {
    assert_snapshot!(check(&user("eve"), at(0), issue(1, None, None)), @"refused: UserNotFound");
    assert_snapshot!(check(&user("eve").disabled("amina"), at(0), issue(1, None, None)), @"refused: CallerDisabled");
    assert_snapshot!(check(&user("amina"), at(0), issue(1, Some("web"), None)), @"refused: ClientNotFound");
}

#[test]
fn a_token_is_revoked_once_by_its_id_or_its_hash() {
    let world = user("amina").after(at(0), issue(1, None, None)).after(at(0), issue(2, None, None));
    assert_snapshot!(check(&world, at(HOUR), revoke(TokenRef::Id(token(2)))), @r"
    token revoked: 2
      ~ token 2 revoked
    ");
    assert_snapshot!(check(&world, at(HOUR), revoke(TokenRef::Hash(TokenHash([1; 32])))), @r"
    token revoked: 1
      ~ token 1 revoked
    ");
    let world = world.after(at(HOUR), revoke(TokenRef::Id(token(1))));
    assert_snapshot!(check(&world, at(DAY), revoke(TokenRef::Hash(TokenHash([1; 32])))), @"token revoked: 1");
}

#[test]
fn a_token_that_is_not_there_cannot_be_revoked() {
    let world = user("amina");
    assert_snapshot!(check(&world, at(0), revoke(TokenRef::Id(token(1)))), @"refused: TokenNotFound");
    assert_snapshot!(check(&world, at(0), revoke(TokenRef::Hash(TokenHash([1; 32])))), @"refused: TokenNotFound");
}

#[test]
fn a_removed_client_takes_its_tokens_along_and_no_others() {
    let world = user("amina").after(at(0), add_client("web", "room")).after(at(0), add_client("app", "room"));
    let world = world.after(at(0), issue(1, Some("web"), None)).after(at(0), issue(2, Some("app"), None));
    let world = world.after(at(0), issue(3, None, None));
    assert_snapshot!(check(&world, at(0), remove_client("web")), @r"
    client removed: web
      - client web
    ");
    let world = world.after(at(0), remove_client("web"));
    assert_snapshot!(check(&world, at(0), remove_client("web")), @"refused: ClientNotFound");
    assert_snapshot!(check(&world, at(0), revoke(TokenRef::Id(token(1)))), @"refused: TokenNotFound");
    assert_snapshot!(check(&world, at(0), revoke(TokenRef::Hash(TokenHash([1; 32])))), @"refused: TokenNotFound");
    assert_snapshot!(check(&world, at(0), revoke(TokenRef::Id(token(2)))), @r"
    token revoked: 2
      ~ token 2 revoked
    ");
    assert_snapshot!(check(&world, at(0), revoke(TokenRef::Id(token(3)))), @r"
    token revoked: 3
      ~ token 3 revoked
    ");
}

#[test]
fn secrets_do_not_show_when_a_command_is_printed() {
    let password = Some(PasswordHash("$argon2id$secret".to_owned()));
    let shown = format!("{:?}", Command::from(AddUser { password, ..newcomer() }));
    assert!(shown.contains("PasswordHash(..)") && !shown.contains("secret"), "{shown}");
    let shown = format!("{:?}", issue(42, None, None)(&user("amina")));
    assert!(shown.contains("TokenHash(..)") && !shown.contains("42, 42"), "{shown}");
    let shown = format!("{:?}", adopt("k1")(&World::default()));
    assert!(shown.contains("IssuerKey(k1, ..)") && !shown.contains("pkcs8"), "{shown}");
}

// The key of the built-in token issuer.

fn adopt(kid: &str) -> impl Fn(&World) -> Command {
    move |_| AdoptIssuerKey { key: IssuerKey { kid: kid.to_owned(), pkcs8: vec![1, 2, 3] } }.into()
}

#[test]
fn the_first_key_offered_is_everybodys_key() {
    assert_snapshot!(check(&World::default(), at(0), adopt("k1")), @r"
    issuer key adopted: k1
      + issuer key k1
    ");
    assert_snapshot!(check(&World::default().after(at(0), adopt("k1")), at(0), adopt("k2")), @"issuer key adopted: k1");
}
