//! What Rocket.Chat's clients do with accounts: changing them, switching them on again, deleting them, and tokens that
//! people give out to themselves.

#![expect(clippy::unwrap_used, reason = "a test whose own values are wrong shall stop")]

mod check;

use check::check;
use guestlist_core::Refusal;
use guestlist_core::chat::Profile;
use guestlist_core::command::{
    Command, DeleteUser, DisableUser, EnableUser, IssueToken, RevokeToken, UpdateUser, UserPatch,
};
use guestlist_core::credential::{PasswordHash, PersonalToken, TokenHash, TokenRef};
use guestlist_core::decide::decide;
use guestlist_core::global_role::{GlobalRole, GlobalRoles};
use guestlist_core::ids::TokenId;
use guestlist_core::names::{DisplayName, Email, Username};
use guestlist_core::user::UserRef;
use guestlist_core::world::{HOUR, World, at, group};
use insta::assert_snapshot;
use uuid::Uuid;

fn people() -> World {
    group("circle").owner("amina").user("bilal").admin("root").verified("bilal", "bilal@example.org")
}

fn patch(by: &'static str, whom: &'static str, patch: UserPatch) -> impl Fn(&World) -> Command {
    move |world| UpdateUser { by: world.id(by), user: UserRef::Id(world.id(whom)), patch: patch.clone() }.into()
}

fn disable(whom: &'static str) -> impl Fn(&World) -> Command {
    move |world| DisableUser { by: None, user: world.who(whom) }.into()
}

fn enable(by: &'static str, whom: &'static str) -> impl Fn(&World) -> Command {
    move |world| EnableUser { by: Some(world.id(by)), user: world.who(whom) }.into()
}

fn delete(by: &'static str, whom: &'static str) -> impl Fn(&World) -> Command {
    move |world| DeleteUser { by: world.id(by), user: UserRef::Id(world.id(whom)) }.into()
}

fn token(by: &'static str, name: &'static str, n: u8, replaces: bool) -> impl Fn(&World) -> Command {
    move |world| {
        IssueToken {
            by: Some(world.id(by)),
            within: None,
            id: TokenId::from_uuid(Uuid::from_u128(n.into())),
            hash: TokenHash([n; 32]),
            user: UserRef::Id(world.id(by)),
            client: None,
            scopes: None,
            lifetime: None,
            personal: Some(PersonalToken {
                name: DisplayName::parse(name).unwrap(),
                last_part: format!("abcde{n}"),
                skips_second_factor: false,
            }),
            replaces,
        }
        .into()
    }
}

fn end(by: &'static str, name: &'static str) -> impl Fn(&World) -> Command {
    move |world| {
        let token = TokenRef::Named(world.id(by), DisplayName::parse(name).unwrap());
        RevokeToken { by: Some(world.id(by)), token }.into()
    }
}

#[test]
fn people_change_their_own_account_and_administrators_anybodys() {
    let names = || UserPatch {
        username: Username::parse("billy").ok(),
        name: DisplayName::parse("Billy").ok(),
        nickname: "B".to_owned().try_into().ok(),
        password: Some(PasswordHash("hash".to_owned())),
        ..UserPatch::default()
    };
    assert_snapshot!(check(&people(), at(HOUR), patch("bilal", "bilal", names())), @r#"
    user updated: bilal
      ~ user bilal username=Some("billy") name=Some("Billy") profile=Profile { nickname: Some(ShortText(Description("B"))), bio: None, status_text: None, custom_fields: None }
      + password of bilal
    "#);
    assert_snapshot!(check(&people(), at(HOUR), patch("root", "bilal", names())), @r#"
    user updated: bilal
      ~ user bilal username=Some("billy") name=Some("Billy") profile=Profile { nickname: Some(ShortText(Description("B"))), bio: None, status_text: None, custom_fields: None }
      + password of bilal
    "#);
    assert_eq!(check(&people(), at(0), patch("amina", "bilal", names())), "refused: NotAllowed(ChangeUser)");
    assert_eq!(check(&people(), at(0), patch("bilal", "bilal", UserPatch::default())), "user updated: bilal");
    let taken = UserPatch { username: Username::parse("Amina").ok(), ..UserPatch::default() };
    assert_eq!(check(&people(), at(0), patch("bilal", "bilal", taken)), "refused: UsernameTaken");
}

#[test]
fn a_name_that_somebody_gave_up_is_free_and_another_spelling_of_it_is_their_own() {
    let named = |name: &str| UserPatch { username: Username::parse(name).ok(), ..UserPatch::default() };
    let renamed = people().after(at(0), patch("bilal", "bilal", named("billy")));
    assert_snapshot!(check(&renamed, at(1), patch("amina", "amina", named("bilal"))), @r#"
    user updated: amina
      ~ user amina username=Some("bilal")
    "#);
    assert_snapshot!(check(&people(), at(1), patch("bilal", "bilal", named("BILAL"))), @r#"
    user updated: bilal
      ~ user bilal username=Some("BILAL")
    "#);
}

#[test]
fn an_address_takes_the_place_of_all_others_and_only_an_administrator_vouches_for_it() {
    let moved = |is_email_verified| UserPatch {
        email: Email::parse("billy@example.org").ok(),
        is_email_verified,
        ..UserPatch::default()
    };
    assert_snapshot!(check(&people(), at(0), patch("bilal", "bilal", moved(Some(true)))), @"
    user updated: bilal
      ~ user bilal
      - address bilal@example.org
      + address billy@example.org of bilal
    ");
    assert_snapshot!(check(&people(), at(0), patch("root", "bilal", moved(Some(true)))), @"
    user updated: bilal
      ~ user bilal
      - address bilal@example.org
      + address billy@example.org of bilal verified
    ");
    assert_snapshot!(check(&people(), at(0), patch("root", "bilal", moved(None))), @"
    user updated: bilal
      ~ user bilal
      - address bilal@example.org
      + address billy@example.org of bilal
    ");
    let unverified = UserPatch { is_email_verified: Some(false), ..UserPatch::default() };
    assert_snapshot!(check(&people(), at(0), patch("root", "bilal", unverified.clone())), @"
    user updated: bilal
      ~ user bilal
      + address bilal@example.org of bilal
    ");
    assert_eq!(check(&people(), at(0), patch("bilal", "bilal", unverified)), "user updated: bilal");
    let taken = UserPatch { email: Email::parse("Bilal@example.org").ok(), ..UserPatch::default() };
    assert_eq!(check(&people(), at(0), patch("amina", "amina", taken)), "refused: EmailTaken");
}

#[test]
fn nobody_gives_roles_to_themselves_but_who_may_give_them_to_others() {
    let admin = UserPatch { is_admin: Some(true), ..UserPatch::default() };
    assert_eq!(check(&people(), at(0), patch("bilal", "bilal", admin.clone())), "refused: NotAllowed(AssignAdmin)");
    assert_snapshot!(check(&people(), at(0), patch("root", "bilal", admin)), @"
    user updated: bilal
      ~ user bilal is_admin=true
    ");
    let bot = UserPatch { roles: Some(GlobalRoles::of(&[GlobalRole::Bot])), ..UserPatch::default() };
    assert_eq!(check(&people(), at(0), patch("bilal", "bilal", bot.clone())), "refused: NotAllowed(ChangeUser)");
    assert_snapshot!(check(&people(), at(0), patch("root", "bilal", bot)), @"
    user updated: bilal
      ~ user bilal roles=GlobalRoles(2)
    ");
}

#[test]
fn an_account_that_is_switched_on_again_has_to_sign_in_anew() {
    let off = people().after(at(HOUR), disable("bilal"));
    assert_snapshot!(check(&off, at(2 * HOUR), enable("root", "bilal")), @"
    user enabled: bilal
      ~ user bilal on
    ");
    assert_eq!(check(&off, at(0), enable("amina", "bilal")), "refused: AdministratorsOnly");
    assert_eq!(check(&people(), at(0), enable("root", "bilal")), "user enabled: bilal");
    let on = off.after(at(2 * HOUR), enable("root", "bilal"));
    let bilal = on.facts().user(&UserRef::Id(on.id("bilal"))).unwrap();
    assert_eq!((bilal.disabled_at, bilal.signed_out_at), (None, Some(at(HOUR))));
}

#[test]
fn who_is_deleted_has_no_name_no_address_and_no_way_back() {
    assert_snapshot!(check(&people(), at(HOUR), delete("root", "bilal")), @"
    user deleted
      ~ user bilal username=None deleted off
      - address bilal@example.org
    ");
    assert_eq!(check(&people(), at(0), delete("bilal", "bilal")), "refused: AdministratorsOnly");
    assert_eq!(check(&people(), at(0), delete("root", "amina")), "refused: LastOwner");
    let id = people().id("bilal");
    let gone = people().after(at(HOUR), delete("root", "bilal"));
    let bilal = gone.facts().user(&UserRef::Id(id)).unwrap().clone();
    assert_eq!((bilal.username, bilal.name, bilal.profile), (None, None, Profile::default()));
    assert_eq!(gone.facts().user(&UserRef::Uid(bilal.uid)), None);
    let (user, by) = (UserRef::Id(id), gone.id("root"));
    for again in [EnableUser { by: None, user: user.clone() }.into(), Command::from(DeleteUser { by, user })] {
        assert_eq!(decide(&again, gone.facts(), at(HOUR)).err(), Some(Refusal::UserNotFound));
    }
}

#[test]
fn the_tokens_of_one_person_have_different_names_until_they_are_revoked() {
    assert_snapshot!(check(&people(), at(0), token("bilal", "laptop", 1, false)), @"
    token issued: 1
      + token 1 of bilal for *
    ");
    let one = || people().after(at(0), token("bilal", "laptop", 1, false));
    assert_eq!(check(&one(), at(0), token("bilal", "laptop", 2, false)), "refused: TokenNameTaken");
    assert_snapshot!(check(&one(), at(0), token("amina", "laptop", 2, false)), @"
    token issued: 2
      + token 2 of amina for *
    ");
    assert_snapshot!(check(&one(), at(HOUR), token("bilal", "laptop", 2, true)), @"
    token issued: 2
      ~ token 1 revoked
      + token 2 of bilal for *
    ");
    assert_eq!(check(&one(), at(0), token("bilal", "phone", 2, true)), "refused: TokenNotFound");
    assert_snapshot!(check(&one(), at(HOUR), end("bilal", "laptop")), @"
    token revoked: 1
      ~ token 1 revoked
    ");
    let ended = one().after(at(HOUR), end("bilal", "laptop"));
    assert_eq!(check(&ended, at(HOUR), end("bilal", "laptop")), "refused: TokenNotFound");
    assert_snapshot!(check(&ended, at(HOUR), token("bilal", "laptop", 2, false)), @"
    token issued: 2
      + token 2 of bilal for *
    ");
    let guest = people().guest("bilal");
    assert_eq!(check(&guest, at(0), token("bilal", "laptop", 1, false)), "refused: NotAllowed(CreateToken)");
}
