//! What may be asked, before it is known what there is to ask about.

use guestlist_core::chat::ChatSettings;
use guestlist_core::chat::Profile;
use guestlist_core::command::{
    AddClient, AddUser, Admission, AdoptIssuerKey, Command, CreateGroup, DeleteUser, DisableUser, EnableUser, Expiry,
    GroupPatch, PurgeGroup, RefuseInvitations, RemoveClient, Report, SeeSubject, UpdateUser, UserPatch,
};
use guestlist_core::credential::{ClientId, IssuerKey, Scopes};
use guestlist_core::global_role::GlobalRoles;
use guestlist_core::group::GroupRef;
use guestlist_core::ids::UserId;
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::names::{Description, DisplayName, Email, Note};
use guestlist_core::opt_out::InvitationsFrom;
use guestlist_core::permission::Permissions;
use guestlist_core::settings::{Quotas, Settings};
use guestlist_core::time::Lifetime;
use guestlist_core::user::UserRef;
use guestlist_core::world::{DAY, HOUR, lasting};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::names::{address, group_id, group_uid, slug, subject, twisted_slug, user_id, user_uid, username};

/// A command to be. Whoever is absent in it is somebody who may well do it.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Any(Command),
    InGroup { by: Option<UserId>, group: GroupRef, what: InGroup },
    Answer { by: Option<UserId>, which: Index, is_by_secret: bool, what: Answer },
    Manage { by: Option<UserId>, which: Index, what: Manage },
    Undo { by: Option<UserId>, which: Index },
    Post { which: Index, what: Post },
    UseLink { by: UserId, which: Index },
    RevokeLink { by: Option<UserId>, which: Index },
    IssueToken { by: Option<UserId>, user: UserRef, client: Option<ClientId>, scopes: Option<Scopes> },
    RevokeToken { by: Option<UserId>, which: Index, is_by_hash: bool },
}

#[derive(Debug, Clone)]
pub(crate) enum InGroup {
    Update(GroupPatch),
    Archive,
    Unarchive,
    Delete,
    Restore,
    Hide(bool),
    CloseDoor,
    Offer(Option<UserRef>),
    TakeOver,
    WithdrawOffer,
    Invite(Invitees),
    CreateLink { roles: RoleSet, uses_max: Option<i64>, expiry: Expiry, needs_approval: bool },
    Join,
    Approve(Option<UserRef>),
    Reject(Option<UserRef>),
    WithdrawRequest,
    Remove(UserRef),
    Assign(UserRef, Role),
    Take(UserRef, Role),
    Leave,
}

#[derive(Debug, Clone)]
pub(crate) struct Invitees {
    pub(crate) whom: Vec<UserRef>,
    pub(crate) roles: RoleSet,
    pub(crate) admission: Admission,
    pub(crate) is_batch: bool,
    pub(crate) note: Option<Note>,
}

/// What has to do with mail.
#[derive(Debug, Clone)]
pub(crate) enum Post {
    Take { number: u8, is_late: bool },
    Keep,
    Settle(u8),
    Report(Report),
    Revive(Option<UserId>, Email),
    Remind,
    See,
    Accept,
    Enrol(i64),
    OfferSignIn(Email),
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    Accept,
    Decline,
    Refuse(From),
    Allow(From),
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum From {
    Everyone,
    Group,
    Inviter,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Manage {
    Resend(Expiry),
    Change(Option<RoleSet>, Option<Expiry>),
    Revoke,
    GiveSecret,
    Expire,
}

/// How long nothing happens: often not at all, and now and then up to an instant at which something ends by itself, or
/// a millisecond before it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pause {
    For(i64),
    Until { which: Index, is_just_before: bool },
}

pub(crate) fn pause() -> impl Strategy<Value = Pause> {
    prop_oneof![
        40 => Just(Pause::For(0)),
        3 => select(&[1, HOUR, HOUR, DAY][..]).prop_map(Pause::For),
        5 => (any::<Index>(), any::<bool>())
            .prop_map(|(which, is_just_before)| Pause::Until { which, is_just_before }),
        1 => Just(Pause::For(30 * DAY)),
    ]
}

pub(crate) fn steps() -> impl Strategy<Value = Vec<(Pause, Step)>> {
    vec((pause(), step()), 1..60)
}

/// What an operator may allow, few of everything.
pub(crate) fn settings() -> impl Strategy<Value = Settings> {
    let quotas =
        (4..8_i64, 2..7_i64).prop_map(|(pending_per_group, made_per_day)| Quotas { pending_per_group, made_per_day });
    let longest = prop::option::of(select(&[2_u16, 9][..]).prop_map(Lifetime::from_days));
    (prop::option::of(quotas), longest, prop::option::of(5..8_i64)).prop_map(
        |(quotas, longest_lifetime, members_max)| Settings {
            usual_lifetime: Lifetime::from_days(3),
            longest_lifetime,
            quotas,
            members_max,
            permissions: Permissions::default(),
            hold_mail: Some(Lifetime::from_secs(0)),
        },
    )
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => (by(), here(), invitees()).prop_map(|(by, group, whom)| {
            Step::InGroup { by, group, what: InGroup::Invite(whom) }
        }),
        12 => (by(), any::<Index>(), any::<bool>(), answer())
            .prop_map(|(by, which, is_by_secret, what)| Step::Answer { by, which, is_by_secret, what }),
        8 => (by(), any::<Index>(), manage()).prop_map(|(by, which, what)| Step::Manage { by, which, what }),
        3 => (by(), any::<Index>()).prop_map(|(by, which)| Step::Undo { by, which }),
        22 => (by(), here(), in_group()).prop_map(|(by, group, what)| Step::InGroup { by, group, what }),
        14 => (any::<Index>(), post()).prop_map(|(which, what)| Step::Post { which, what }),
        5 => (user(), any::<Index>()).prop_map(|(by, which)| Step::UseLink { by, which }),
        1 => (by(), any::<Index>()).prop_map(|(by, which)| Step::RevokeLink { by, which }),
        6 => account().prop_map(Step::Any),
        3 => credential(),
    ]
}

fn user() -> impl Strategy<Value = UserId> {
    prop_oneof![4 => 1..7_i64, 1 => 1..12_i64].prop_map(user_id)
}

fn by() -> impl Strategy<Value = Option<UserId>> {
    prop::option::weighted(0.2, user())
}

pub(crate) fn who() -> impl Strategy<Value = UserRef> {
    (prop_oneof![2 => 1..7_i64, 1 => 1..12_i64], 0..6).prop_map(|(n, kind)| match kind {
        0 => UserRef::Id(user_id(n)),
        1 => UserRef::Uid(user_uid(n)),
        2 => UserRef::Subject(subject(n)),
        3 => UserRef::Username(username(n)),
        _ => UserRef::Email(address(n)),
    })
}

pub(crate) fn here() -> impl Strategy<Value = GroupRef> {
    (prop_oneof![6 => select(&[1, 2, 3, 4, 4, 5, 6, 6][..]), 1 => 1..10_i64], 0..6).prop_map(|(n, kind)| match kind {
        0 | 1 => GroupRef::Id(group_id(n)),
        2 => GroupRef::Uid(group_uid(n)),
        3 => GroupRef::Slug(slug(n)),
        4 => GroupRef::UidOrSlug(format!("uid-g{n}")),
        _ => GroupRef::UidOrSlug(format!("g{n}")),
    })
}

fn roles() -> impl Strategy<Value = RoleSet> {
    prop_oneof![4 => Just(RoleSet::NONE), 1 => select(&Role::ALL[..]).prop_map(|role| RoleSet::of(&[role]))]
}

fn expiry() -> impl Strategy<Value = Expiry> {
    prop_oneof![
        4 => select(&[HOUR, DAY, 2 * DAY, 2 * DAY][..]).prop_map(|span| Expiry::After(lasting(span))),
        2 => Just(Expiry::Usual),
        1 => Just(Expiry::Never),
        1 => select(&[0, 30 * DAY][..]).prop_map(|span| Expiry::After(lasting(span))),
    ]
}

pub(crate) fn invitees() -> impl Strategy<Value = Invitees> {
    let admission = prop_oneof![1 => Just(Admission::Direct), 2 => expiry().prop_map(Admission::OnAcceptance)];
    let note = prop::option::weighted(0.2, Just(Note::parse("Come!").unwrap()));
    (vec(who(), 1..6), roles(), admission, prop::bool::weighted(0.7), note)
        .prop_map(|(whom, roles, admission, is_batch, note)| Invitees { whom, roles, admission, is_batch, note })
}

fn answer() -> impl Strategy<Value = Answer> {
    let from = || select(&[From::Everyone, From::Group, From::Inviter][..]);
    prop_oneof![
        6 => Just(Answer::Accept),
        3 => Just(Answer::Decline),
        2 => from().prop_map(Answer::Refuse),
        1 => from().prop_map(Answer::Allow),
    ]
}

fn post() -> impl Strategy<Value = Post> {
    let email = || (1..12_i64).prop_map(address);
    let report = select(&[Report::HardBounce, Report::SoftBounce, Report::Complaint][..]);
    prop_oneof![
        8 => (0..4_u8, prop::bool::weighted(0.8)).prop_map(|(number, is_late)| Post::Take { number, is_late }),
        1 => Just(Post::Keep),
        8 => (0..12_u8).prop_map(Post::Settle),
        3 => report.prop_map(Post::Report),
        1 => (prop::option::weighted(0.5, user()), email()).prop_map(|(by, email)| Post::Revive(by, email)),
        3 => Just(Post::Remind),
        2 => Just(Post::See),
        2 => Just(Post::Accept),
        3 => (6..14_i64).prop_map(Post::Enrol),
        2 => email().prop_map(Post::OfferSignIn),
    ]
}

fn manage() -> impl Strategy<Value = Manage> {
    prop_oneof![
        2 => expiry().prop_map(Manage::Resend),
        2 => (prop::option::of(roles()), prop::option::of(expiry()))
            .prop_map(|(roles, expiry)| Manage::Change(roles, expiry)),
        1 => Just(Manage::Revoke),
        3 => Just(Manage::GiveSecret),
        2 => Just(Manage::Expire),
    ]
}

fn in_group() -> impl Strategy<Value = InGroup> {
    let uses_max = || prop_oneof![1 => Just(None), 4 => (0..3_i64).prop_map(Some)];
    let link = (roles(), uses_max(), expiry(), any::<bool>()).prop_map(|(roles, uses_max, expiry, needs_approval)| {
        InGroup::CreateLink { roles, uses_max, expiry, needs_approval }
    });
    let role = || select(&Role::ALL[..]);
    let asker = || prop::option::weighted(0.3, who());
    prop_oneof![
        4 => patch().prop_map(InGroup::Update),
        1 => Just(InGroup::Archive),
        2 => Just(InGroup::Unarchive),
        1 => Just(InGroup::Delete),
        3 => Just(InGroup::Restore),
        1 => any::<bool>().prop_map(InGroup::Hide),
        3 => Just(InGroup::CloseDoor),
        3 => prop::option::weighted(0.3, who()).prop_map(InGroup::Offer),
        4 => Just(InGroup::TakeOver),
        1 => Just(InGroup::WithdrawOffer),
        3 => link,
        6 => Just(InGroup::Join),
        4 => asker().prop_map(InGroup::Approve),
        1 => asker().prop_map(InGroup::Reject),
        1 => Just(InGroup::WithdrawRequest),
        4 => who().prop_map(InGroup::Remove),
        3 => (who(), role()).prop_map(|(user, role)| InGroup::Assign(user, role)),
        2 => (who(), role()).prop_map(|(user, role)| InGroup::Take(user, role)),
        3 => Just(InGroup::Leave),
    ]
}

fn patch() -> impl Strategy<Value = GroupPatch> {
    let slug = prop_oneof![3 => (1..9_i64).prop_map(slug), 1 => (1..9_i64).prop_map(twisted_slug)];
    let members_max = prop_oneof![1 => Just(None), 4 => (0..7_i64).prop_map(Some)];
    let flag = || prop::option::weighted(0.3, any::<bool>());
    (prop::option::weighted(0.2, slug), flag(), flag(), flag(), prop::option::of(members_max)).prop_map(
        |(slug, is_public, takes_requests, is_token_enough, members_max)| GroupPatch {
            slug,
            is_public,
            takes_requests,
            is_token_enough,
            members_max,
            ..GroupPatch::default()
        },
    )
}

/// Whoever asks for what the operator does mostly.
fn asker() -> impl Strategy<Value = Option<UserId>> {
    prop::option::weighted(0.3, user())
}

fn account() -> impl Strategy<Value = Command> {
    let id = || prop::option::weighted(0.3, 3..15_i64);
    let email = || prop::option::of((1..12_i64).prop_map(address));
    let add_user = (asker(), 6..13_i64, id(), email()).prop_map(|(by, n, id, email)| AddUser {
        by,
        id: id.map(user_id),
        uid: user_uid(n),
        subject: subject(n),
        username: Some(username(n)),
        name: None,
        language: None,
        email,
        is_admin: n % 2 == 0,
        roles: GlobalRoles::default(),
        password: None,
        is_email_verified: true,
        is_founder: false,
        profile: Profile::default(),
    });
    let create_group = (asker(), who(), id(), 5..12_i64, 5..10_i64, any::<bool>(), any::<bool>()).prop_map(
        |(by, owner, id, uid, other, is_public, is_twisted)| CreateGroup {
            by,
            owner,
            id: id.map(group_id),
            uid: group_uid(uid),
            slug: if is_twisted { twisted_slug(other) } else { slug(other) },
            name: DisplayName::parse("A group").unwrap(),
            description: Description::default(),
            language: None,
            is_public,
            chat: ChatSettings::default(),
            members: vec![],
            is_without_owner: false,
        },
    );
    let see = (1..12_i64, 6..13_i64, email());
    let from = prop_oneof![
        Just(InvitationsFrom::Everyone),
        (1..9_i64).prop_map(|n| InvitationsFrom::Group(group_id(n))),
        (1..7_i64).prop_map(|n| InvitationsFrom::Inviter(user_id(n))),
    ];
    prop_oneof![
        3 => add_user.prop_map(Command::from),
        3 => see.prop_map(|(n, other, email)| SeeSubject { subject: subject(n), uid: user_uid(other), name: None, email }.into()),
        1 => (asker(), who()).prop_map(|(by, user)| DisableUser { by, user }.into()),
        1 => (asker(), who()).prop_map(|(by, user)| EnableUser { by, user }.into()),
        1 => (user(), who(), (1..9_i64, any::<bool>(), 10..16_i64)).prop_map(|(by, user, (n, is_admin, at))| {
            let patch = UserPatch {
                username: (n < 7).then(|| username(n)),
                email: (n % 2 == 0).then(|| address(at)),
                is_admin: Some(is_admin).filter(|_| n == 8),
                ..UserPatch::default()
            };
            UpdateUser { by, user, patch }.into()
        }),
        1 => (user(), who()).prop_map(|(by, user)| DeleteUser { by, user }.into()),
        3 => create_group.prop_map(Command::from),
        2 => (1..9_i64).prop_map(|n| PurgeGroup { group: group_id(n) }.into()),
        2 => (user(), from).prop_map(|(by, from)| RefuseInvitations { by: Some(by), invitation: None, from }.into()),
    ]
}

fn credential() -> impl Strategy<Value = Step> {
    let client = || select(&["web", "app"][..]).prop_map(|id| ClientId::parse(id).unwrap());
    let scopes = || select(&["room", "room.read group"][..]).prop_map(|scopes| Scopes::parse(scopes).unwrap());
    prop_oneof![
        2 => (asker(), who(), prop::option::of(client()), prop::option::of(scopes()))
            .prop_map(|(by, user, client, scopes)| Step::IssueToken { by, user, client, scopes }),
        2 => (asker(), any::<Index>(), any::<bool>())
            .prop_map(|(by, which, is_by_hash)| Step::RevokeToken { by, which, is_by_hash }),
        1 => (asker(), client(), scopes())
            .prop_map(|(by, id, scopes)| Step::Any(AddClient { by, id, name: String::new(), scopes }.into())),
        1 => (asker(), client()).prop_map(|(by, id)| Step::Any(RemoveClient { by, id }.into())),
        1 => (1..12_i64).prop_map(|n| {
            Step::Any(AdoptIssuerKey { key: IssuerKey { kid: n.to_string(), pkcs8: vec![] } }.into())
        }),
    ]
}
