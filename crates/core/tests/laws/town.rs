//! Where random histories take place: facts that follow every change beside the storage that keeps it.

use std::sync::LazyLock;

use guestlist_core::change::Change;
use guestlist_core::chat::ChatSettings;
use guestlist_core::chat::Profile;
use guestlist_core::command::{
    AddUser, Admission, ArchiveGroup, Command, CreateGroup, CreateLink, DeleteGroup, DisableUser, Expiry,
    GiveInvitationToken, GroupPatch, Join, RefuseInvitations, SeeSubject, UpdateGroup,
};
use guestlist_core::global_role::GlobalRoles;
use guestlist_core::history::Cause;
use guestlist_core::ids::{InvitationId, LinkId};
use guestlist_core::invitation::{InvitationState, InvitationTokenHash};
use guestlist_core::link::LinkHash;
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::names::{Description, DisplayName};
use guestlist_core::opt_out::InvitationsFrom;
use guestlist_core::origin::Origin;
use guestlist_core::settings::{GRACE, RESEND_PAUSE};
use guestlist_core::time::Timestamp;
use guestlist_core::user::{UserEmail, UserRef};
use guestlist_core::world::{DAY, HOUR, START, lasting};
use guestlist_core::{Decision, Facts, Refusal, Settings, decide, history};

use crate::names::{address, group, group_uid, slug, subject, user_id, user_uid, username};
use crate::steps::{Invitees, Pause};
use crate::storage::Storage;

#[derive(Debug)]
pub(crate) struct Town {
    pub(crate) facts: Facts,
    pub(crate) stored: Storage,
    pub(crate) now: Timestamp,
    /// All that the last command led to, events included.
    pub(crate) recorded: Vec<Change>,
    /// Ids and secrets are new ones each time.
    pub(crate) last_id: u128,
    /// The invitations that the commands of the present batch may make.
    pub(crate) offered: Vec<InvitationId>,
}

impl Town {
    /// Six groups: a private one, a public one, an archived one, one without a free seat that takes requests, a deleted
    /// one, and one in which two wait for a seat. Some people were invited by an address before it was known to be
    /// theirs, and came in by another way or were invited a second time by their account.
    pub(crate) fn new(settings: Settings) -> Self {
        static BEGINNING: LazyLock<Town> = LazyLock::new(Town::begin);
        let mut town = BEGINNING.again();
        town.stored.settings = settings.clone();
        town.facts.set_settings(settings);
        town
    }

    fn begin() -> Self {
        let stored = Storage::default();
        let facts = stored.everything();
        let mut town = Self { facts, stored, now: START, recorded: vec![], last_id: 0, offered: vec![] };
        town.people();
        town.private();
        town.public();
        town.archived();
        town.requestable();
        town.deleted();
        town.full();
        town.must(DisableUser { by: None, user: UserRef::Id(user_id(7)) });
        town.must(SeeSubject { subject: subject(3), uid: user_uid(3), name: None, email: Some(address(3)) });
        let refuse =
            RefuseInvitations { by: Some(user_id(5)), invitation: None, from: InvitationsFrom::Inviter(user_id(1)) };
        town.must(refuse);
        town
    }

    /// The same, with facts that were all loaded anew.
    pub(crate) fn again(&self) -> Self {
        Self {
            facts: self.stored.everything(),
            stored: self.stored.clone(),
            now: self.now,
            recorded: vec![],
            last_id: self.last_id,
            offered: vec![],
        }
    }

    fn people(&mut self) {
        for n in 1..8 {
            self.must(AddUser {
                by: None,
                id: None,
                uid: user_uid(n),
                subject: subject(n),
                username: Some(username(n)),
                name: None,
                language: None,
                email: [1, 4].contains(&n).then(|| address(n)),
                is_admin: n == 6,
                roles: GlobalRoles::default(),
                password: None,
                is_email_verified: true,
                is_founder: false,
                profile: Profile::default(),
            });
        }
        let claimed = UserEmail { user: user_id(5), email: address(5), is_verified: false };
        let cause = Cause { actor: None, origin: &Origin::default(), batch: None };
        for change in history::record(vec![Change::UserEmail(claimed)], &mut self.facts, &cause, self.now) {
            self.stored.write(&change);
        }
    }

    fn private(&mut self) {
        self.found(1, 1);
        self.admit(1, 1, &[2], RoleSet::of(&[Role::Moderator]));
        self.offer(1, 1, vec![UserRef::Id(user_id(4))], DAY);
        self.offer(1, 1, vec![UserRef::Email(address(8)), UserRef::Email(address(9))], DAY);
        self.offer(1, 1, vec![UserRef::Email(address(3))], 2 * DAY);
        self.admit(1, 1, &[3], RoleSet::NONE);
        self.link(1, 1, Some(1), false);
        for invitation in self.stored.invitations.keys().copied().collect::<Vec<_>>() {
            let hash = InvitationTokenHash(self.fresh_secret());
            self.must(GiveInvitationToken { invitation, hash });
        }
    }

    fn public(&mut self) {
        self.found(2, 2);
        self.admit(2, 2, &[3], RoleSet::of(&[Role::Owner]));
        self.admit(2, 2, &[1], RoleSet::NONE);
        let addresses = [1, 4, 9].map(|n| UserRef::Email(address(n)));
        self.offer(2, 2, addresses.to_vec(), HOUR);
        self.update(2, 2, GroupPatch { is_public: Some(true), ..GroupPatch::default() });
    }

    fn archived(&mut self) {
        self.found(3, 1);
        self.admit(3, 1, &[4], RoleSet::of(&[Role::Owner]));
        self.admit(3, 1, &[6], RoleSet::NONE);
        self.offer(3, 1, vec![UserRef::Id(user_id(2))], DAY);
        self.must(ArchiveGroup { by: user_id(1), group: group(3) });
    }

    fn requestable(&mut self) {
        self.found(4, 4);
        self.admit(4, 4, &[1], RoleSet::of(&[Role::Moderator]));
        let patch = GroupPatch {
            takes_requests: Some(true),
            is_token_enough: Some(true),
            members_max: Some(Some(2)),
            ..GroupPatch::default()
        };
        self.update(4, 4, patch);
        self.link(4, 4, Some(2), true);
        self.must(Join { by: user_id(2), group: group(4) });
        self.must(Join { by: user_id(5), group: group(4) });
    }

    fn deleted(&mut self) {
        self.found(5, 2);
        self.admit(5, 2, &[1, 6], RoleSet::NONE);
        self.offer(5, 2, vec![UserRef::Id(user_id(3))], DAY);
        self.must(DeleteGroup { by: user_id(2), group: group(5), frees_slug: false });
    }

    fn full(&mut self) {
        self.found(6, 3);
        self.admit(6, 3, &[2], RoleSet::NONE);
        self.offer(6, 3, [4, 6, 8].map(|n| UserRef::Email(address(n))).to_vec(), 2 * DAY);
        let patch = GroupPatch { is_public: Some(true), members_max: Some(Some(2)), ..GroupPatch::default() };
        self.update(6, 3, patch);
        for n in [5, 1] {
            self.must(Join { by: user_id(n), group: group(6) });
        }
    }

    fn found(&mut self, n: i64, owner: i64) {
        self.must(CreateGroup {
            by: None,
            owner: UserRef::Id(user_id(owner)),
            id: None,
            uid: group_uid(n),
            slug: slug(n),
            name: DisplayName::parse("A group").unwrap(),
            description: Description::default(),
            language: None,
            is_public: false,
            chat: ChatSettings::default(),
            members: vec![],
            is_without_owner: false,
        });
    }

    fn admit(&mut self, n: i64, by: i64, whom: &[i64], roles: RoleSet) {
        let whom = whom.iter().map(|n| UserRef::Id(user_id(*n))).collect();
        let invitees = Invitees { whom, roles, admission: Admission::Direct, is_batch: true, note: None };
        let command = self.invite(user_id(by), group(n), &invitees);
        self.must(command);
    }

    fn offer(&mut self, n: i64, by: i64, whom: Vec<UserRef>, span: i64) {
        let admission = Admission::OnAcceptance(Expiry::After(lasting(span)));
        let command = self.invite(
            user_id(by),
            group(n),
            &Invitees { whom, roles: RoleSet::NONE, admission, is_batch: true, note: None },
        );
        self.must(command);
    }

    fn update(&mut self, n: i64, by: i64, patch: GroupPatch) {
        self.must(UpdateGroup { by: user_id(by), group: group(n), patch });
    }

    fn link(&mut self, n: i64, by: i64, uses_max: Option<i64>, needs_approval: bool) {
        let id = LinkId::from_uuid(self.fresh());
        let hash = LinkHash(self.fresh_secret());
        let (by, group, roles, expiry) = (user_id(by), group(n), RoleSet::NONE, Expiry::After(lasting(DAY)));
        self.must(CreateLink { by, group, id, hash, roles, uses_max, expiry, needs_approval });
    }

    fn must(&mut self, ask: impl Into<Command>) {
        self.run(&ask.into()).unwrap();
    }

    /// Decides the command and follows what it leads to.
    pub(crate) fn run(&mut self, command: &Command) -> Result<Decision, Refusal> {
        self.recorded.clear();
        let decision = decide(command, &self.facts, self.now)?;
        let origin = Origin::default();
        let cause = Cause::of(command, &origin);
        self.recorded = history::record(decision.changes.clone(), &mut self.facts, &cause, self.now);
        self.recorded.iter().for_each(|change| self.stored.write(change));
        Ok(decision)
    }

    pub(crate) fn wait(&mut self, pause: Pause) {
        match pause {
            Pause::For(millis) => self.now = Timestamp::from_millis(self.now.as_millis() + millis),
            Pause::Until { which, is_just_before } => {
                let end = *which.get(&self.ends());
                let end = Timestamp::from_millis(end.as_millis() - i64::from(is_just_before));
                self.now = self.now.max(end);
            }
        }
    }

    /// The instants to come at which something ends by itself, the next ones first.
    fn ends(&self) -> Vec<Timestamp> {
        let stored = &self.stored;
        let pending = stored.invitations.values().filter(|invitation| invitation.state == InvitationState::Pending);
        let invitations =
            pending.flat_map(|found| [found.expires_at, found.remind_at, Some(found.sent_at + RESEND_PAUSE)]);
        let links = stored.links.values().map(|link| link.expires_at);
        let groups = stored.groups.values();
        let groups =
            groups.flat_map(|group| [group.offer.map(|offer| offer.expires_at), group.deleted_at.map(|at| at + GRACE)]);
        let midnight = Some(Timestamp::from_days(self.now.as_days() + 1));
        let mails = stored.mails.values().map(|mail| mail.due_at);
        let ends = invitations.chain(mails).chain(links).chain(groups).chain([midnight]).flatten();
        let mut ends: Vec<_> = ends.filter(|end| *end > self.now).collect();
        ends.sort_unstable();
        ends.truncate(6);
        ends
    }
}
