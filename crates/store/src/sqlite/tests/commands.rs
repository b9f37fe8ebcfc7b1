//! Commands of every kind, by number.

use guestlist_core::Command;
use guestlist_core::chat::ChatSettings;
use guestlist_core::chat::Profile;
use guestlist_core::command::{
    Accept, AcceptOwnership, AddClient, AddUser, Admission, AdoptIssuerKey, AllowInvitations, ApproveRequest,
    ArchiveGroup, AssignRole, ChangeInvitation, CreateGroup, CreateLink, Decline, DeleteGroup, DisableUser, EnableUser,
    ExpireInvitations, Expiry, GiveInvitationToken, GroupPatch, HideGroup, Invite, IssueToken, Join, Leave,
    OfferOwnership, PurgeGroup, RefuseInvitations, RejectRequest, RemoveClient, RemoveMember, ResendInvitation,
    RestoreGroup, RevokeInvitation, RevokeLink, RevokeToken, SeeSubject, SetAdmin, TakeRole, Target, UnarchiveGroup,
    UndoBatch, UpdateGroup, UseLink, WithdrawOwnership, WithdrawRequest,
};
use guestlist_core::credential::{IssuerKey, PasswordHash, Scopes, TokenRef};
use guestlist_core::global_role::GlobalRoles;
use guestlist_core::group::{Group, GroupRef};
use guestlist_core::ids::Uid;
use guestlist_core::invitation::{InvitationRef, InvitationTokenHash};
use guestlist_core::link::LinkHash;
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::names::{Email, Subject};
use guestlist_core::opt_out::InvitationsFrom;
use guestlist_core::time::Lifetime;
use guestlist_core::user::UserRef;

use super::HOUR;
use super::samples::{
    batch_id, bytes, client, group, group_id, invitation_id, link_id, secret, token_hash, token_id, user, user_id,
};

pub(super) fn add_user(n: usize) -> Command {
    AddUser {
        language: None,
        by: None,
        id: Some(user_id(n)),
        uid: user(n).uid,
        subject: user(n).subject,
        username: user(n).username,
        name: user(n).name,
        email: Some(Email::parse(&format!("User{n}@x.org")).unwrap()),
        is_admin: true,
        roles: GlobalRoles::default(),
        password: Some(PasswordHash(format!("hash{n}"))),
        is_email_verified: true,
        is_founder: false,
        profile: Profile::default(),
    }
    .into()
}

pub(super) fn refuse(by: usize, from: InvitationsFrom) -> Command {
    RefuseInvitations { by: Some(user_id(by)), invitation: None, from }.into()
}

/// Batches of `n` commands of a kind each, or of several kinds, by everything that a command can name; each batch
/// finds what those before it made.
#[expect(clippy::too_many_lines, reason = "a list, of every command there is")]
pub(super) fn batches(n: usize) -> Vec<(&'static str, Vec<Command>)> {
    let each = |make: &dyn Fn(usize) -> Command| (1..=n).map(make).collect::<Vec<_>>();
    let email = |text: &str| Email::parse(text).unwrap();
    let late = |k: usize| UserRef::Subject(Subject::parse(&format!("late{k}")).unwrap());
    let guest = |k: usize| UserRef::Email(email(&format!("guest{k}@x.org")));
    // People by their number: those added, those first met, who are numbered behind them in the same order, and more.
    let (late_id, more, newcomer) = (|k| user_id(n + k), |k| user_id(10_000 + k), |k| user_id(20_000 + k));
    let by_id = |k| GroupRef::Id(group_id(k));
    let by_slug = |k| GroupRef::Slug(group(k).slug);
    let invite = |k: usize, who: UserRef, id: usize, admission, batch| {
        let targets = vec![Target { who, invitation: invitation_id(id) }];
        let (by, group) = (user_id(k), GroupRef::Uid(group(k).uid));
        Command::from(Invite { language: None, note: None, by, group, targets, roles: RoleSet::NONE, admission, batch })
    };
    let days = |days| Admission::OnAcceptance(Expiry::After(Lifetime::from_days(days)));
    let hour = Admission::OnAcceptance(Expiry::After(HOUR));
    let update = |k: usize, patch| Command::from(UpdateGroup { by: user_id(k), group: by_slug(k), patch });
    let seats =
        |k: usize, members_max| update(k, GroupPatch { members_max: Some(members_max), ..GroupPatch::default() });
    let remove =
        |k: usize, user| Command::from(RemoveMember { by: user_id(k), group: by_slug(k), user, spares_owners: false });
    let join = |k: usize, by| Command::from(Join { by, group: by_slug(k) });
    let approve =
        |k: usize, user| Command::from(ApproveRequest { by: user_id(k), group: by_id(k), user: UserRef::Id(user) });
    let assign =
        |k: usize, user| Command::from(AssignRole { by: user_id(k), group: by_slug(k), user, role: Role::Owner });
    let inviter = |k| InvitationsFrom::Inviter(user_id(k));
    vec![
        ("add users", each(&add_user)),
        (
            "see subjects",
            each(&|k| {
                let name = format!("late{k}");
                let (subject, uid) = (Subject::parse(&name).unwrap(), Uid::parse(&name).unwrap());
                SeeSubject { subject, uid, name: None, email: Some(email(&format!("{name}@x.org"))) }.into()
            }),
        ),
        (
            "create groups",
            each(&|k| {
                let Group { uid, slug, name, description, .. } = group(k);
                let owner = UserRef::Uid(user(k).uid);
                CreateGroup {
                    language: None,
                    by: None,
                    owner,
                    id: Some(group_id(k)),
                    uid,
                    slug,
                    name,
                    description,
                    is_public: false,
                    chat: ChatSettings::default(),
                    members: vec![],
                    is_without_owner: false,
                }
                .into()
            }),
        ),
        ("offer to users", each(&|k| invite(k, late(k), k, days(9), None))),
        ("offer to addresses", each(&|k| invite(k, guest(k), n + k, days(9), None))),
        ("renew", each(&|k| invite(k, guest(k), 2 * n + k, days(9), None))),
        (
            "accept",
            each(&|k| {
                Accept {
                    by: Some(late_id(k)),
                    invitation: InvitationRef::Id(invitation_id(k)),
                    is_secret_enough: false,
                }
                .into()
            }),
        ),
        ("add more users", each(&|k| add_user(10_000 + k))),
        (
            "offer to addresses of users",
            each(&|k| invite(k, UserRef::Email(email(&format!("USER{}@x.org", 10_000 + k))), 3 * n + k, days(9), None)),
        ),
        ("remove members", each(&|k| remove(k, late(k)))),
        ("withdraw", each(&|k| remove(k, guest(k)))),
        ("admit", each(&|k| invite(k, late(k), 0, Admission::Direct, None))),
        ("assign", each(&|k| assign(k, late(k)))),
        ("set admins", each(&|k| SetAdmin { by: user_id(k), group: by_slug(k), user: late(k), is_admin: true }.into())),
        ("take", each(&|k| TakeRole { by: user_id(k), group: by_slug(k), user: late(k), role: Role::Owner }.into())),
        (
            "resend",
            each(&|k| {
                ResendInvitation { by: user_id(k), invitation: invitation_id(3 * n + k), expiry: Expiry::Usual }.into()
            }),
        ),
        (
            "change invitations",
            each(&|k| {
                let (roles, expiry) = (Some(RoleSet::of(&[Role::Leader])), Some(Expiry::Usual));
                ChangeInvitation { by: user_id(k), invitation: invitation_id(3 * n + k), roles, expiry }.into()
            }),
        ),
        (
            "give secrets",
            each(&|k| {
                let (invitation, hash) = (invitation_id(3 * n + k), InvitationTokenHash(bytes(k)));
                GiveInvitationToken { invitation, hash }.into()
            }),
        ),
        ("decline by secret", each(&|k| Decline { by: None, invitation: secret(k) }.into())),
        (
            "refuse by secret",
            each(&|k| RefuseInvitations { by: None, invitation: Some(secret(k)), from: inviter(k) }.into()),
        ),
        (
            "allow by secret",
            each(&|k| AllowInvitations { by: None, invitation: Some(secret(k)), from: inviter(k) }.into()),
        ),
        ("refuse", each(&|k| refuse(10_000 + k, inviter(k)))),
        ("admit who refuses", each(&|k| invite(k, UserRef::Id(more(k)), 0, Admission::Direct, None))),
        ("allow", each(&|k| AllowInvitations { by: Some(more(k)), invitation: None, from: inviter(k) }.into())),
        ("offer as a batch", each(&|k| invite(k, guest(k), 4 * n + k, days(9), Some(batch_id(k))))),
        ("undo offers", each(&|k| UndoBatch { by: user_id(k), group: by_id(k), batch: batch_id(k) }.into())),
        ("admit as a batch", each(&|k| invite(k, UserRef::Id(more(k)), 0, Admission::Direct, Some(batch_id(n + k))))),
        ("undo admissions", each(&|k| UndoBatch { by: user_id(k), group: by_id(k), batch: batch_id(n + k) }.into())),
        ("offer for an hour", each(&|k| invite(k, guest(k), 5 * n + k, hour, None))),
        ("expire", each(&|k| ExpireInvitations { invitations: vec![invitation_id(5 * n + k)] }.into())),
        ("offer once more", each(&|k| invite(k, guest(k), 6 * n + k, days(9), None))),
        (
            "revoke invitations",
            each(&|k| RevokeInvitation { by: user_id(k), invitation: invitation_id(6 * n + k) }.into()),
        ),
        (
            "create links",
            each(&|k| {
                CreateLink {
                    by: user_id(k),
                    group: by_id(k),
                    id: link_id(k),
                    hash: LinkHash(bytes(k)),
                    roles: RoleSet::NONE,
                    uses_max: Some(1),
                    expiry: Expiry::Usual,
                    needs_approval: false,
                }
                .into()
            }),
        ),
        ("use links", each(&|k| UseLink { by: more(k), link: LinkHash(bytes(k)) }.into())),
        ("revoke links", each(&|k| RevokeLink { by: user_id(k), link: link_id(k) }.into())),
        // Owner, late and more are in.
        ("shut", each(&|k| seats(k, Some(3)))),
        ("take requests", each(&|k| update(k, GroupPatch { takes_requests: Some(true), ..GroupPatch::default() }))),
        ("add newcomers", each(&|k| add_user(20_000 + k))),
        ("ask", each(&|k| join(k, newcomer(k)))),
        ("approve", each(&|k| approve(k, newcomer(k)))),
        ("leave", each(&|k| Leave { by: more(k), group: by_id(k) }.into())),
        ("ask who left", each(&|k| join(k, more(k)))),
        ("approve who left", each(&|k| approve(k, more(k)))),
        ("open", each(&|k| seats(k, None))),
        ("remove newcomers", each(&|k| remove(k, UserRef::Id(newcomer(k))))),
        ("ask again", each(&|k| join(k, newcomer(k)))),
        ("reject", each(&|k| RejectRequest { by: user_id(k), group: by_id(k), user: UserRef::Id(newcomer(k)) }.into())),
        ("ask in vain", each(&|k| join(k, newcomer(k)))),
        ("withdraw requests", each(&|k| WithdrawRequest { by: newcomer(k), group: by_id(k) }.into())),
        ("offer ownership", each(&|k| OfferOwnership { by: user_id(k), group: by_id(k), to: late(k) }.into())),
        ("accept ownership", each(&|k| AcceptOwnership { by: late_id(k), group: by_id(k) }.into())),
        ("offer it on", each(&|k| OfferOwnership { by: late_id(k), group: by_id(k), to: UserRef::Id(more(k)) }.into())),
        ("withdraw ownership", each(&|k| WithdrawOwnership { by: late_id(k), group: by_id(k) }.into())),
        ("archive", each(&|k| ArchiveGroup { by: user_id(k), group: by_id(k) }.into())),
        ("unarchive", each(&|k| UnarchiveGroup { by: user_id(k), group: by_id(k) }.into())),
        ("hide", each(&|k| HideGroup { by: user_id(k), group: by_id(k), is_hidden: true }.into())),
        ("delete", each(&|k| DeleteGroup { by: user_id(k), group: by_id(k), frees_slug: false }.into())),
        ("restore", each(&|k| RestoreGroup { by: user_id(k), group: by_id(k) }.into())),
        (
            "clients",
            each(&|k| AddClient { by: None, id: client(k), name: String::new(), scopes: Scopes::all() }.into()),
        ),
        (
            "tokens",
            each(&|k| {
                let (id, hash, user) = (token_id(k), token_hash(k), UserRef::Id(user_id(k)));
                IssueToken {
                    by: None,
                    within: None,
                    id,
                    hash,
                    user,
                    client: Some(client(k)),
                    scopes: None,
                    lifetime: None,
                    personal: None,
                    replaces: false,
                }
                .into()
            }),
        ),
        ("revoke", each(&|k| RevokeToken { by: None, token: TokenRef::Hash(token_hash(k)) }.into())),
        ("remove clients", each(&|k| RemoveClient { by: None, id: client(k) }.into())),
        ("keys", each(&|_| AdoptIssuerKey { key: IssuerKey { kid: String::new(), pkcs8: vec![] } }.into())),
        ("assign a second owner", each(&|k| assign(k, UserRef::Id(more(k))))),
        ("disable", each(&|k| DisableUser { by: None, user: late(k) }.into())),
        ("enable", each(&|k| EnableUser { by: None, user: late(k) }.into())),
        ("delete again", each(&|k| DeleteGroup { by: user_id(k), group: by_id(k), frees_slug: false }.into())),
        ("forget groups", each(&|k| PurgeGroup { group: group_id(k) }.into())),
    ]
}
