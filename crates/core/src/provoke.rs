//! Every reason to say no, with a world and a command that provoke it: for tests that must not miss one.

use uuid::Uuid;

use crate::chat::Profile;
use crate::command::{
    AddClient, AddUser, Command, CreateGroup, Expiry, GroupPatch, Invite, IssueToken, RemoveClient, RevokeToken,
};
use crate::credential::{ClientId, PersonalToken, Scopes, TokenHash, TokenRef};
use crate::global_role::GlobalRoles;
use crate::ids::{GroupId, MAX_CHOSEN, TokenId, Uid, UserId};
use crate::invitation::InvitationState;
use crate::link::LinkState;
use crate::member::Role;
use crate::names::{DisplayName, Slug, Subject, Username};
use crate::opt_out::InvitationsFrom;
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::settings::{OPT_OUTS_MAX, Quotas, Settings, WAITING_MAX};
use crate::time::Timestamp;
use crate::user::UserRef;
use crate::world::{
    DAY, HOUR, START, World, accept, accept_mailed, admit, approve, archive, assign, at, change, decline, delete,
    found, group, hand_over, join, lasting, leave, link, offer, purge, refuse, remove, resend, restore, revoke,
    revoke_link, sign_up, take_over, undo, update, use_link, user, valid,
};

/// A world, a time and a command that is refused there and then, and the refusal. Where a command refuses only single
/// people, the one row of its outcome holds it.
pub type Provocation = (World, Timestamp, Command, Refusal);

/// Each row: the refusals that it stands for, the one that it provokes, and how.
macro_rules! provocations {
    ($($pattern:pat => $refusal:expr, $world:expr, $now:expr, $ask:expr;)*) => {
        /// One provocation at least of every refusal there is, in order of their declaration.
        #[must_use]
        pub fn provocations() -> Vec<Provocation> {
            vec![$({
                let world = $world;
                let command = $ask(&world);
                (world, $now, command, $refusal)
            },)*]
        }

        // A refusal without a row does not compile.
        const _: fn(Refusal) = |refusal| match refusal {
            $($pattern => {})*
        };
    };
}

provocations! {
    // Things that are not there.
    Refusal::GroupNotFound => Refusal::GroupNotFound, user("amina"), at(0), join("amina");
    Refusal::UserNotFound => Refusal::UserNotFound, circle(), at(0), remove("amina", "nobody");
    Refusal::MemberNotFound => Refusal::MemberNotFound, circle(), at(0), remove("amina", "eve");
    Refusal::InvitationNotFound => Refusal::InvitationNotFound, invited(), at(0), accept("eve", "dawud");
    Refusal::LinkNotFound => Refusal::LinkNotFound, circle(), at(0), use_link("eve", 1);
    Refusal::RequestNotFound => Refusal::RequestNotFound, circle(), at(0), approve("amina", "eve");
    Refusal::OfferNotFound => Refusal::OfferNotFound, circle(), at(0), take_over("bilal");
    Refusal::BatchNotFound => Refusal::BatchNotFound, circle(), at(0), undo("amina");
    Refusal::TokenNotFound => Refusal::TokenNotFound, circle(), at(0), |_: &World| {
        RevokeToken { by: None, token: TokenRef::Hash(TokenHash([1; 32])) }.into()
    };
    Refusal::ClientNotFound => Refusal::ClientNotFound, circle(), at(0), |_: &World| {
        RemoveClient { by: None, id: client() }.into()
    };

    // Rights.
    Refusal::CallerDisabled => Refusal::CallerDisabled, circle().disabled("bilal"), at(0), leave("bilal");
    Refusal::NotAllowed(Permission::Invite)
        => Refusal::NotAllowed(Permission::Invite), circle(), at(0), offer("bilal", &["eve"], lasting(DAY));
    Refusal::NotAllowed(Permission::RemoveMember)
        => Refusal::NotAllowed(Permission::RemoveMember), circle(), at(0), remove("bilal", "amina");
    Refusal::NotAllowed(Permission::ChangeGroup)
        => Refusal::NotAllowed(Permission::ChangeGroup), circle(), at(0), update("bilal", seats(10));
    Refusal::NotAllowed(Permission::CreateLink)
        => Refusal::NotAllowed(Permission::CreateLink), circle(), at(0), link("bilal", 1, None, false);
    Refusal::NotAllowed(Permission::LeaveGroup)
        => Refusal::NotAllowed(Permission::LeaveGroup), circle().guest("bilal"), at(0), leave("bilal");
    Refusal::NotAllowed(Permission::ArchiveGroup)
        => Refusal::NotAllowed(Permission::ArchiveGroup), circle(), at(0), archive("bilal");
    Refusal::NotAllowed(Permission::DeleteGroup)
        => Refusal::NotAllowed(Permission::DeleteGroup), circle(), at(0), delete("bilal");
    Refusal::NotAllowed(Permission::SetOwner)
        => Refusal::NotAllowed(Permission::SetOwner), circle(), at(0), hand_over("bilal", "amina");
    Refusal::NotAllowed(Permission::SetModerator)
        => Refusal::NotAllowed(Permission::SetModerator), circle(), at(0), assign("bilal", "bilal", Role::Moderator);
    Refusal::NotAllowed(Permission::SetLeader)
        => Refusal::NotAllowed(Permission::SetLeader), circle(), at(0), assign("bilal", "bilal", Role::Leader);
    // Of what is left, the rules refuse nothing else: an API looks at it by itself.
    Refusal::NotAllowed(_) => Refusal::NotAllowed(Permission::CreateGroup), user("amina").guest("amina"), at(0), |world: &World| {
        match found("amina", "circle")(world) {
            Command::CreateGroup(ask) => CreateGroup { by: Some(world.id("amina")), ..ask }.into(),
            other => other,
        }
    };

    // The life of invitations and links.
    Refusal::GroupArchived => Refusal::GroupArchived, invited().archived(), at(0), accept("dawud", "dawud");
    Refusal::NobodyToInvite => Refusal::NobodyToInvite, circle(), at(0), admit("amina", &["nobody"]);
    Refusal::TooManyTargets => Refusal::TooManyTargets, circle(), at(0), |world: &World| {
        offer("amina", &["eve"; Invite::TARGETS_MAX + 1], lasting(DAY))(world)
    };
    Refusal::InvitationClosed(InvitationState::Pending | InvitationState::Expired)
        => Refusal::InvitationClosed(InvitationState::Expired), invited(), at(DAY), accept("dawud", "dawud");
    Refusal::InvitationClosed(InvitationState::Accepted)
        => Refusal::InvitationClosed(InvitationState::Accepted),
        invited().after(at(0), accept("dawud", "dawud")), at(0), decline("dawud", "dawud");
    Refusal::InvitationClosed(InvitationState::Declined)
        => Refusal::InvitationClosed(InvitationState::Declined),
        invited().after(at(0), decline("dawud", "dawud")), at(0), accept("dawud", "dawud");
    Refusal::InvitationClosed(InvitationState::Revoked)
        => Refusal::InvitationClosed(InvitationState::Revoked),
        invited().after(at(0), revoke("amina", "dawud")), at(0), accept("dawud", "dawud");
    Refusal::AddressMismatch => Refusal::AddressMismatch,
        circle().invited("new@example.org", lasting(DAY)).mailed("new@example.org", 1), at(0), accept_mailed("eve", 1);
    Refusal::SentRecently(_) => Refusal::SentRecently(at(HOUR)),
        invited(), at(HOUR - 1), resend("amina", "dawud", Expiry::Usual);
    Refusal::LifetimeTooLong(_) => Refusal::LifetimeTooLong(lasting(366 * DAY)),
        invited(), at(0), change("amina", "dawud", None, Some(Expiry::Never));
    Refusal::EndInThePast => Refusal::EndInThePast, circle(), at(0), offer("amina", &["eve"], lasting(0));
    Refusal::LinkClosed(LinkState::Open | LinkState::Expired) => Refusal::LinkClosed(LinkState::Expired),
        circle().after(at(0), link("amina", 1, None, false)), at(7 * DAY), use_link("eve", 1);
    Refusal::LinkClosed(LinkState::Revoked) => Refusal::LinkClosed(LinkState::Revoked),
        circle().after(at(0), link("amina", 1, None, false)).after(at(0), revoke_link("amina", 1)), at(0),
        use_link("eve", 1);
    Refusal::LinkClosed(LinkState::UsedUp) => Refusal::LinkClosed(LinkState::UsedUp),
        circle().user("dawud").after(at(0), link("amina", 1, Some(1), false)).after(at(0), use_link("dawud", 1)), at(0),
        use_link("eve", 1);
    Refusal::UsesOutOfRange => Refusal::UsesOutOfRange, circle(), at(0), link("amina", 1, Some(0), false);

    // Coming in.
    Refusal::ByInvitationOnly => Refusal::ByInvitationOnly, circle(), at(0), join("eve");
    Refusal::AlreadyOwner => Refusal::AlreadyOwner, circle(), at(0), hand_over("amina", "amina");
    Refusal::GroupFull => Refusal::GroupFull, circle().seats(2), at(0), offer("amina", &["eve"], lasting(DAY));
    Refusal::WaitingListFull => Refusal::WaitingListFull, crowded(), at(0), join("eve");
    Refusal::SeatsOutOfRange => Refusal::SeatsOutOfRange, circle(), at(0), update("amina", seats(1));
    Refusal::TooManyInvitations => Refusal::TooManyInvitations,
        invited().settings(quotas(1, 10)), at(0), offer("amina", &["eve"], lasting(DAY));
    Refusal::DailyQuotaSpent(_) => Refusal::DailyQuotaSpent(at(DAY)),
        circle().user("dawud").settings(quotas(10, 1)).after(at(0), offer("amina", &["dawud"], lasting(DAY))), at(0),
        offer("amina", &["eve"], lasting(DAY));
    Refusal::BatchAnswered => Refusal::BatchAnswered,
        circle().after(at(0), offer("amina", &["eve"], lasting(DAY))).after(at(0), decline("eve", "eve")), at(0),
        undo("amina");
    Refusal::TooManyOptOuts => Refusal::TooManyOptOuts,
        weary(), at(0), refuse("eve", InvitationsFrom::Group(valid(GroupId::new(1).ok_or(1))));

    // The end of groups.
    Refusal::NotRestorable => Refusal::NotRestorable,
        circle().after(at(0), delete("amina")), at(30 * DAY), restore("amina");
    Refusal::NotPurgeable => Refusal::NotPurgeable, circle().after(at(0), delete("amina")), at(30 * DAY - 1), purge();
    Refusal::LastOwner => Refusal::LastOwner, circle(), at(0), leave("amina");

    // Names.
    Refusal::IdOutOfRange => Refusal::IdOutOfRange, circle(), at(0), |_: &World| {
        AddUser { id: UserId::new(MAX_CHOSEN + 1), ..newcomer() }.into()
    };
    Refusal::IdTaken => Refusal::IdTaken, circle(), at(0), |_: &World| {
        AddUser { id: UserId::new(1), ..newcomer() }.into()
    };
    Refusal::UidTaken => Refusal::UidTaken, circle(), at(0), |_: &World| {
        AddUser { uid: valid(Uid::parse("uid-amina").ok_or(())), ..newcomer() }.into()
    };
    Refusal::SubjectTaken => Refusal::SubjectTaken, circle(), at(0), |_: &World| {
        AddUser { subject: valid(Subject::parse("sub-amina")), ..newcomer() }.into()
    };
    Refusal::UsernameTaken => Refusal::UsernameTaken, circle(), at(0), |_: &World| {
        AddUser { username: Username::parse("Amina").ok(), ..newcomer() }.into()
    };
    Refusal::EmailTaken => Refusal::EmailTaken,
        circle().verified("amina", "amina@example.org"), at(0), sign_up("new", Some("Amina@example.org"));
    Refusal::SlugTaken => Refusal::SlugTaken, circle(), at(0), |world: &World| {
        let slug = valid(Slug::parse("circle"));
        let Command::CreateGroup(ask) = found("eve", "other")(world) else { unreachable!("it makes a group") };
        CreateGroup { slug, ..ask }.into()
    };
    Refusal::TokenNameTaken => Refusal::TokenNameTaken, circle().after(at(0), personal("amina", 1)), at(0), personal("amina", 2);
    Refusal::ClientTaken => Refusal::ClientTaken, circle().after(at(0), add_client()), at(0), add_client();
    Refusal::ScopeNotGranted => Refusal::ScopeNotGranted,
        circle().after(at(0), add_client()), at(0), |world: &World| {
            IssueToken { by: None, within: None,
                id: TokenId::from_uuid(Uuid::from_u128(1)),
                hash: TokenHash([1; 32]),
                user: world.who("amina"),
                client: Some(client()),
                scopes: Some(Scopes::all()),
                lifetime: None,
                personal: None,
                replaces: false,
            }
            .into()
        };
    Refusal::AdministratorsOnly => Refusal::AdministratorsOnly, circle(), at(0), |world: &World| {
        AddUser { by: Some(world.id("amina")), ..newcomer() }.into()
    };
}

/// A group of Amina, its owner, and Bilal; Eve is not in it.
fn circle() -> World {
    group("circle").owner("amina").member("bilal").user("eve")
}

/// Dawud has a day to answer.
fn invited() -> World {
    circle().invited("dawud", lasting(DAY))
}

/// A full group before which as many people wait as may.
fn crowded() -> World {
    let names: Vec<String> = (0..WAITING_MAX).map(|n| format!("w{n}")).collect();
    let full = circle().public().seats(2);
    names.iter().fold(full, |world, name| world.user(name).after(START, join(name)))
}

/// Eve refuses as much as one may.
fn weary() -> World {
    let from = |n: usize| InvitationsFrom::Inviter(valid(i64::try_from(n).ok().and_then(UserId::new).ok_or(n)));
    (1..=OPT_OUTS_MAX).fold(circle(), |world, n| world.after(START, refuse("eve", from(n))))
}

fn quotas(pending_per_group: i64, made_per_day: i64) -> Settings {
    Settings { quotas: Some(Quotas { pending_per_group, made_per_day }), ..Settings::default() }
}

fn seats(max: i64) -> GroupPatch {
    GroupPatch { members_max: Some(Some(max)), ..GroupPatch::default() }
}

/// One more token that a user gives out to themselves, under the same name each time.
fn personal(by: &'static str, n: u8) -> impl Fn(&World) -> Command {
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
                name: valid(DisplayName::parse("laptop")),
                last_part: "abcdef".to_owned(),
                skips_second_factor: false,
            }),
            replaces: false,
        }
        .into()
    }
}

fn newcomer() -> AddUser {
    AddUser {
        by: None,
        id: None,
        uid: valid(Uid::parse("uid-new").ok_or(())),
        subject: valid(Subject::parse("sub-new")),
        username: None,
        name: None,
        language: None,
        email: None,
        is_admin: false,
        roles: GlobalRoles::default(),
        password: None,
        is_email_verified: true,
        is_founder: false,
        profile: Profile::default(),
    }
}

fn client() -> ClientId {
    valid(ClientId::parse("web"))
}

fn add_client() -> impl Fn(&World) -> Command {
    |_| AddClient { by: None, id: client(), name: "App".to_owned(), scopes: valid(Scopes::parse("room")) }.into()
}
