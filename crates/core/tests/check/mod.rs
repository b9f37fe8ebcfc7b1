//! The one place where these tests touch the API: a world, a time and a command in; a short text out.
//!
//! The text names what a change adds (`+`), alters (`~`) or takes away (`-`). Times count from the world's start. A
//! thing is stamped with the time of the command, and only its changeable parts change: else the text says so, or the
//! test fails. What is not in the group mentioned last is said to be elsewhere.

use std::collections::BTreeSet;
use std::fmt::Debug;

use guestlist_core::change::Change;
use guestlist_core::credential::{AccessToken, TokenRef};
use guestlist_core::group::{Group, GroupRef, OwnershipOffer, Tally};
use guestlist_core::ids::{GroupId, InvitationId, UserId};
use guestlist_core::invitation::{Invitation, InvitationRef, Invitee};
use guestlist_core::link::{Link, LinkRef};
use guestlist_core::member::{Membership, RoleSet};
use guestlist_core::opt_out::InvitationsFrom;
use guestlist_core::outcome::{Accepted, InviteRow, MemberRemoved, Outcome, Standing};
use guestlist_core::request::JoinRequest;
use guestlist_core::time::Timestamp;
use guestlist_core::user::{User, UserRef};
use guestlist_core::world::{DAY, START, World};
use guestlist_core::{Command, Refusal, decide};

/// What becomes of a command, in words.
pub(crate) fn check(world: &World, now: Timestamp, ask: impl Fn(&World) -> Command) -> String {
    match decide(&ask(world), world.facts(), now) {
        Err(refusal) => format!("refused: {}", no(refusal)),
        Ok(decision) => {
            let teller = Teller { world, now, moved: moved(&decision.changes) };
            // What is mailed about it is another matter, see `mail.rs`.
            let told = decision.changes.iter().filter(|change| !matches!(change, Change::Mail(_)));
            let changes = told.map(|change| format!("\n  {}", teller.change(change)));
            teller.outcome(&decision.outcome) + &changes.collect::<String>()
        }
    }
}

/// The groups that changed themselves, or whose membership did: those that are stamped.
fn moved(changes: &[Change]) -> BTreeSet<GroupId> {
    let group = |change: &Change| match change {
        Change::Group(group) => Some(group.id),
        Change::Membership(member) => Some(member.group),
        Change::MembershipEnded(group, _) => Some(*group),
        _ => None,
    };
    changes.iter().filter_map(group).collect()
}

struct Teller<'a> {
    world: &'a World,
    now: Timestamp,
    moved: BTreeSet<GroupId>,
}

impl Teller<'_> {
    fn outcome(&self, outcome: &Outcome) -> String {
        match outcome {
            Outcome::UserAdded(added) => format!("user added: {}", added.0.id),
            Outcome::UserSeen(seen) => format!("user seen: {}", seen.0.id),
            Outcome::UserEnabled(enabled) => format!("user enabled: {}", self.name(enabled.0.id)),
            Outcome::UserUpdated(updated) => format!("user updated: {}", self.name(updated.0.id)),
            Outcome::UserDeleted(_) => "user deleted".to_owned(),
            Outcome::UserDisabled(disabled) => format!("user disabled: {}", self.name(disabled.0.id)),
            Outcome::GroupCreated(created) => format!("group created: {}", created.0.id),
            Outcome::GroupUpdated(updated) => format!("updated: {}", updated.0.slug),
            Outcome::GroupArchived(archived) => format!("archived: {}", archived.0.slug),
            Outcome::GroupUnarchived(unarchived) => format!("unarchived: {}", unarchived.0.slug),
            Outcome::GroupDeleted(deleted) => format!("deleted: {}", deleted.0.slug),
            Outcome::GroupHidden(hidden) => format!("hidden: {}", changed(hidden.has_changed)),
            Outcome::GroupRestored(restored) => format!("restored: {}", restored.0.slug),
            Outcome::GroupPurged(_) => "purged".to_owned(),
            Outcome::OwnershipOffered(offered) => format!("ownership offered: {}", self.offer(&offered.0)),
            Outcome::OwnershipAccepted(accepted) => format!("ownership accepted: from {}", self.name(accepted.from)),
            Outcome::OwnershipWithdrawn(_) => "ownership withdrawn".to_owned(),
            Outcome::Invited(invited) => {
                let rows: Vec<_> = invited.rows.iter().map(row).collect();
                format!("invited to {}: {}", self.slug(invited.group), rows.join(", "))
            }
            Outcome::BatchUndone(undone) => format!("undone: {}", undone.undone),
            Outcome::InvitationResent(resent) => format!("resent: {}", number(resent.0.id)),
            Outcome::InvitationChanged(changed) => format!("invitation changed: {}", number(changed.0.id)),
            Outcome::InvitationRevoked(revoked) => format!("invitation revoked: {}", number(revoked.0.id)),
            Outcome::InvitationTokenGiven(given) => format!("token given: {}", number(given.0.id)),
            Outcome::InvitationsExpired(expired) => format!("expired: {}", expired.expired),
            Outcome::Accepted(Accepted { group, standing: Standing::Joined }) => {
                format!("accepted: new member of {}", self.slug(*group))
            }
            Outcome::Accepted(Accepted { group, standing: Standing::AlreadyMember }) => {
                format!("accepted: member of {} before", self.slug(*group))
            }
            Outcome::Accepted(accepted) => format!("accepted: {}", stands(accepted.standing)),
            Outcome::InviteesReminded(reminded) => format!("reminded: {}", reminded.reminded),
            Outcome::InvitationSeen(_) => "seen".to_owned(),
            Outcome::Enrolled(enrolled) => format!("enrolled: {} {}", enrolled.user.id, stands(enrolled.standing)),
            Outcome::SignInOffered(_) => "sign-in offered".to_owned(),
            Outcome::MailTaken(taken) => {
                let letters = taken.letters.iter().map(|letter| format!("{} to {}", letter.kind.as_str(), letter.to));
                let hopeless = taken.hopeless.iter().map(|(_, reply)| format!("hopeless: {}", reply.as_str()));
                format!("mail taken: {}", letters.chain(hopeless).collect::<Vec<_>>().join(", "))
            }
            Outcome::MailKept(_) => "mail kept".to_owned(),
            Outcome::MailSettled(_) => "mail settled".to_owned(),
            Outcome::MailReported(_) => "mail reported".to_owned(),
            Outcome::AddressRevived(_) => "address revived".to_owned(),
            Outcome::Declined(declined) => format!("declined: {}", self.slug(declined.group)),
            Outcome::InvitationsRefused(_) => "invitations refused".to_owned(),
            Outcome::InvitationsAllowed(_) => "invitations allowed".to_owned(),
            Outcome::LinkCreated(created) => format!("link created: {}", created.0.id.as_uuid().as_u128()),
            Outcome::LinkRevoked(revoked) => format!("link revoked: {}", revoked.0.id.as_uuid().as_u128()),
            Outcome::LinkUsed(used) => format!("link to {} used: {}", self.slug(used.group), stands(used.standing)),
            Outcome::Joined(joined) => format!("wants into {}: {}", self.slug(joined.group), stands(joined.standing)),
            Outcome::RequestApproved(approved) => format!("approved: {}", stands(approved.standing)),
            Outcome::RequestRejected(rejected) => format!("rejected: {}", self.name(rejected.0.user)),
            Outcome::RequestWithdrawn(withdrawn) => format!("withdrawn: {}", self.name(withdrawn.0.user)),
            Outcome::MemberRemoved(MemberRemoved::Member) => "removed: member".to_owned(),
            Outcome::MemberRemoved(MemberRemoved::Invitation) => "removed: invitation".to_owned(),
            Outcome::MemberRemoved(MemberRemoved::Request) => "removed: request".to_owned(),
            Outcome::RoleAssigned(role) => format!("assigned: {}", changed(role.has_changed)),
            Outcome::RoleTaken(role) => format!("taken: {}", changed(role.has_changed)),
            Outcome::AdminSet(admin) => format!("admin set: {}", changed(admin.has_changed)),
            Outcome::Left(_) => "left".to_owned(),
            Outcome::TokenIssued(issued) => format!("token issued: {}", issued.0.id.as_uuid().as_u128()),
            Outcome::TokenRevoked(revoked) => format!("token revoked: {}", revoked.0.id.as_uuid().as_u128()),
            Outcome::ClientAdded(added) => format!("client added: {}", added.0.id),
            Outcome::ClientRemoved(removed) => format!("client removed: {}", removed.0.id),
            Outcome::IssuerKeyAdopted(adopted) => format!("issuer key adopted: {}", adopted.0.kid),
        }
    }

    fn change(&self, change: &Change) -> String {
        match change {
            Change::User(user) => self.user(user),
            Change::UserEmail(email) => {
                format!("+ address {} of {}{}", email.email, self.name(email.user), flag(email.is_verified, "verified"))
            }
            Change::UserEmailEnded(address) => format!("- address {address}"),
            Change::Password(user, _) => format!("+ password of {}", self.name(*user)),
            Change::Group(group) => self.group(group),
            Change::Tally(group, tally) => self.tally(*group, tally),
            Change::Membership(membership) => self.membership(membership),
            Change::MembershipEnded(group, user) => format!("- membership {}{}", self.name(*user), self.at(*group)),
            Change::Invitation(invitation) => self.invitation(invitation),
            Change::InvitationToken(token) => {
                format!("+ token of invitation {}{}", number(token.invitation), self.odd(token.created_at))
            }
            Change::Mail(mail) => panic!("told in `mail.rs`: {mail:?}"),
            Change::DeadAddress(dead) => format!("+ dead address {}{}", dead.address, self.odd(dead.since)),
            Change::AddressRevived(address) => format!("- dead address {address}"),
            Change::Link(link) => self.link(link),
            Change::JoinRequest(request) => self.request(request),
            Change::DayCount(count) => {
                let day = count.day - START.as_days();
                format!("~ day {day} of {}: {} made", self.name(count.inviter), count.made)
            }
            Change::OptOut(opt_out) => {
                format!("+ opt-out from {}{}", self.from(opt_out.from), self.odd(opt_out.created_at))
            }
            Change::OptOutEnded(_, from) => format!("- opt-out from {}", self.from(*from)),
            Change::GroupPurged(group) => format!("- group {} for good", self.slug(*group)),
            Change::Event(event) => panic!("no rule tells what happens: {event:?}"),
            Change::Token(token) => self.token(token),
            Change::Client(client) => {
                format!("+ client {} {:?} for {}{}", client.id, client.name, client.scopes, self.odd(client.created_at))
            }
            Change::ClientRemoved(id) => format!("- client {id}"),
            Change::IssuerKey(key) => format!("+ issuer key {}", key.kid),
        }
    }

    fn user(&self, new: &User) -> String {
        if let Some(old) = self.world.facts().user(&UserRef::Id(new.id)) {
            let User { uid, subject, language, created_at, .. } = old.clone();
            let same = User { id: old.id, uid, subject, language, created_at, updated_at: self.now, ..new.clone() };
            assert_eq!(*new, same);
            if new.disabled_at.is_some() != old.disabled_at.is_some() && new.disabled_at.is_some() {
                assert_eq!(new.signed_out_at, Some(self.now), "who is switched off is signed out");
            }
            let spelled = |user: &User| user.username.as_ref().map(ToString::to_string);
            let fields = [
                differing("username", &spelled(old), &spelled(new)),
                differing(
                    "name",
                    &old.name.as_ref().map(|name| name.as_str()),
                    &new.name.as_ref().map(|name| name.as_str()),
                ),
                differing("is_admin", &old.is_admin, &new.is_admin),
                differing("roles", &old.roles, &new.roles),
                differing("profile", &old.profile, &new.profile),
                self.switched("deleted", old.deleted_at, new.deleted_at),
                if old.disabled_at == new.disabled_at { String::new() } else { self.off(new.disabled_at) },
            ];
            return format!("~ user {}{}", self.name(new.id), fields.concat());
        }
        assert_eq!(new.created_at, new.updated_at);
        let username = new.username.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
        let name = new.name.as_ref().map(|name| format!(" {:?}", name.as_str())).unwrap_or_default();
        let (admin, odd) = (flag(new.is_admin, "admin"), self.odd(new.created_at));
        format!("+ user {}{username}{name} {} {}{admin}{odd}", new.id, new.uid, new.subject)
    }

    fn group(&self, new: &Group) -> String {
        let Some(old) = self.world.facts().group(&GroupRef::Id(new.id)) else {
            assert_eq!(new.tally, Tally::new(new.created_at), "counted afterwards");
            let (name, description) = (new.name.as_str(), new.description.as_str());
            let text = format!("+ group {} {} {name:?} {description:?} {}", new.id, new.slug, new.uid);
            let (public, odd) = (flag(new.is_public, "public"), self.odd(new.created_at));
            return format!("{text} by {}{public}{odd}", self.name(new.creator));
        };
        let fields = [
            differing("slug", &old.slug.as_str(), &new.slug.as_str()),
            differing("name", &old.name.as_str(), &new.name.as_str()),
            differing("description", &old.description.as_str(), &new.description.as_str()),
            differing("is_public", &old.is_public, &new.is_public),
            differing("takes_requests", &old.takes_requests, &new.takes_requests),
            differing("is_token_enough", &old.is_token_enough, &new.is_token_enough),
            differing("members_max", &old.members_max, &new.members_max),
            differing("country", &old.country, &new.country),
            self.switched("archived", old.archived_at, new.archived_at),
            differing("chat", &old.chat, &new.chat),
            self.switched("deleted", old.deleted_at, new.deleted_at),
            if old.offer == new.offer {
                String::new()
            } else {
                new.offer.map_or_else(|| " no offer".to_owned(), |offer| format!(" offer {}", self.offer(&offer)))
            },
        ];
        let (id, uid, kind) = (old.id, old.uid.clone(), old.kind);
        let Group { is_verified, creator, created_at, tally, .. } = *old;
        assert_eq!(*new, Group { id, uid, kind, is_verified, creator, created_at, tally, ..new.clone() });
        format!("~ group{}{}", self.at(new.id), fields.concat())
    }

    fn tally(&self, group: GroupId, new: &Tally) -> String {
        let known = self.world.facts().group(&GroupRef::Id(group));
        let old = known.map_or_else(|| Tally::new(self.now), |group| group.tally);
        let stamp = if self.moved.contains(&group) { self.now } else { old.updated_at };
        assert_eq!(new.updated_at, stamp);
        let counts = [
            differing("members", &old.members, &new.members),
            differing("owners", &old.owners, &new.owners),
            differing("invitations", &old.invitations, &new.invitations),
            differing("waiting", &old.waiting, &new.waiting),
            differing("last_place", &old.last_place, &new.last_place),
            differing("notices", &old.notices, &new.notices),
        ];
        let counts = counts.concat();
        format!("~ group{}{}", self.at(group), if counts.is_empty() { " stamped" } else { &counts })
    }

    fn membership(&self, new: &Membership) -> String {
        let sign = match self.world.facts().membership(new.group, new.user) {
            Some(old) => {
                assert_eq!(*new, Membership { roles: new.roles, is_hidden: new.is_hidden, ..old.clone() });
                '~'
            }
            None => '+',
        };
        let odd = if sign == '+' { self.odd(new.joined_at) } else { String::new() };
        format!("{sign} membership {}{}{}{odd}", self.name(new.user), roles(new.roles), self.at(new.group))
    }

    fn invitation(&self, new: &Invitation) -> String {
        let id = number(new.id);
        if let Some(old) = self.world.facts().invitation(&InvitationRef::Id(new.id)) {
            let Invitation { inviter, roles: new_roles, state, sent_at, expires_at, closed_at, closed_by, .. } = *new;
            let Invitation { remind_at, seen_at, .. } = *new;
            let (language, note) = (new.language, new.note.clone());
            let same = Invitation { inviter, roles: new_roles, state, sent_at, remind_at, seen_at, ..old.clone() };
            let same = Invitation { language, note, ..same };
            assert_eq!(*new, Invitation { expires_at, closed_at, closed_by, ..same });
            let from = if inviter == old.inviter { String::new() } else { format!(" from {}", self.name(inviter)) };
            let state = if state == old.state { String::new() } else { format!(" {}", state.as_str()) };
            let as_roles =
                if new_roles == old.roles { String::new() } else { format!(" as{}", roles_or_member(new_roles)) };
            let sent = if sent_at == old.sent_at { String::new() } else { format!(" sent{}", self.odd(sent_at)) };
            let until = if expires_at == old.expires_at { String::new() } else { until(expires_at) };
            return format!(
                "~ invitation {id}{from}{state}{as_roles}{sent}{until}{}",
                self.closed(closed_at, closed_by)
            );
        }
        assert_eq!(new.sent_at, new.created_at);
        let whom = match &new.invitee {
            Invitee::User(user) => self.name(*user),
            Invitee::Email(email) => email.to_string(),
        };
        let (by, until, odd) = (self.name(new.inviter), until(new.expires_at), self.odd(new.created_at));
        let text = format!("+ invitation {id} to {whom}{} by {by}{until}", roles(new.roles));
        format!("{text} {}{odd}", new.state.as_str())
    }

    fn link(&self, new: &Link) -> String {
        let id = new.id.as_uuid().as_u128();
        if let Some(old) = self.world.facts().link(&LinkRef::Id(new.id)) {
            let Link { uses, revoked_at, revoked_by, .. } = *new;
            assert_eq!(*new, Link { uses, revoked_at, revoked_by, ..old.clone() });
            let revoked = if revoked_at == old.revoked_at { "" } else { " revoked" };
            let by = self.closed(revoked_at, revoked_by);
            return format!("~ link {id}{revoked}{}{by}", differing("uses", &old.uses, &uses));
        }
        assert_eq!((new.uses, new.revoked_at, new.revoked_by), (0, None, None));
        let max = new.uses_max.map(|max| format!(" for {max}")).unwrap_or_default();
        let (approval, by) = (flag(new.needs_approval, "to be approved"), self.name(new.creator));
        let (until, odd) = (until(new.expires_at), self.odd(new.created_at));
        format!("+ link {id}{}{max}{approval} by {by}{until}{odd}", roles(new.roles))
    }

    fn request(&self, new: &JoinRequest) -> String {
        let old = self.world.facts().request(new.group, new.user);
        let sign = if old.is_some() { '~' } else { '+' };
        let place = new.place.map(|place| format!(" place {place}")).unwrap_or_default();
        // Of a request that goes on, the time of its making is not news.
        let since = match old {
            Some(old) if old.created_at == new.created_at => String::new(),
            _ => self.odd(new.created_at),
        };
        let (name, state, elsewhere) = (self.name(new.user), new.state.as_str(), self.at(new.group));
        let closed = self.closed(new.closed_at, new.closed_by);
        format!("{sign} request {name}{} {state}{place}{elsewhere}{since}{closed}", roles(new.roles))
    }

    fn token(&self, new: &AccessToken) -> String {
        let id = new.id.as_uuid().as_u128();
        let revoked = new.revoked_at.map(|at| format!(" revoked{}", self.odd(at))).unwrap_or_default();
        if self.world.facts().token(&TokenRef::Id(new.id)).is_some() {
            return format!("~ token {id}{revoked}");
        }
        let client = new.client.as_ref().map(|client| format!(" at {client}")).unwrap_or_default();
        let until = new.expires_at.map(|at| format!(" until {}", when(at))).unwrap_or_default();
        let (user, odd) = (self.name(new.user), self.odd(new.created_at));
        format!("+ token {id} of {user}{client} for {}{until}{revoked}{odd}", new.scopes)
    }

    fn offer(&self, offer: &OwnershipOffer) -> String {
        let (from, to, until) = (self.name(offer.from), self.name(offer.to), when(offer.expires_at));
        format!("from {from} to {to} until {until}{}", self.odd(offer.offered_at))
    }

    fn from(&self, from: InvitationsFrom) -> String {
        match from {
            InvitationsFrom::Everyone => "everyone".to_owned(),
            InvitationsFrom::Group(group) => self.slug(group),
            InvitationsFrom::Inviter(inviter) => self.name(inviter),
        }
    }

    fn name(&self, id: UserId) -> String {
        let username = self.world.facts().user(&UserRef::Id(id)).and_then(|user| user.username.as_ref());
        username.map_or_else(|| id.to_string(), ToString::to_string)
    }

    fn slug(&self, id: GroupId) -> String {
        self.world.facts().group(&GroupRef::Id(id)).map_or_else(|| id.to_string(), |group| group.slug.to_string())
    }

    /// Where something is, unless that is the group mentioned last or a new one.
    fn at(&self, group: GroupId) -> String {
        let known = self.world.facts().group(&GroupRef::Id(group));
        let elsewhere = known.filter(|group| GroupRef::Id(group.id) != self.world.here());
        elsewhere.map(|group| format!(" in {}", group.slug)).unwrap_or_default()
    }

    fn off(&self, disabled_at: Option<Timestamp>) -> String {
        disabled_at.map_or_else(|| " on".to_owned(), |at| format!(" off{}", self.odd(at)))
    }

    fn switched(&self, what: &str, old: Option<Timestamp>, new: Option<Timestamp>) -> String {
        match new {
            _ if old == new => String::new(),
            None => format!(" not {what}"),
            Some(at) => format!(" {what}{}", self.odd(at)),
        }
    }

    /// By whom something was closed, and when unless that is the time of the command.
    fn closed(&self, at: Option<Timestamp>, by: Option<UserId>) -> String {
        let by = by.map(|by| format!(" by {}", self.name(by))).unwrap_or_default();
        by + &at.map(|at| self.odd(at)).unwrap_or_default()
    }

    /// A stamp, unless it is the time of the command.
    fn odd(&self, stamp: Timestamp) -> String {
        if stamp == self.now { String::new() } else { format!(" at {}", when(stamp)) }
    }
}

fn row(row: &InviteRow) -> String {
    match row {
        InviteRow::Added => "added".to_owned(),
        InviteRow::Invited(id) => format!("new {}", number(*id)),
        InviteRow::Renewed(id) => format!("renewed {}", number(*id)),
        InviteRow::AlreadyMember => "already member".to_owned(),
        InviteRow::Waiting => "waiting".to_owned(),
        InviteRow::Refused(refusal) => no(*refusal),
    }
}

fn no(refusal: Refusal) -> String {
    match refusal {
        Refusal::SentRecently(until) => format!("SentRecently({})", when(until)),
        Refusal::DailyQuotaSpent(until) => format!("DailyQuotaSpent({})", when(until)),
        Refusal::LifetimeTooLong(longest) => format!("LifetimeTooLong({} s)", longest.as_secs()),
        refusal => format!("{refusal:?}"),
    }
}

fn number(id: InvitationId) -> u128 {
    id.as_uuid().as_u128()
}

const fn stands(standing: Standing) -> &'static str {
    match standing {
        Standing::Joined => "new member",
        Standing::AlreadyMember => "member before",
        Standing::Waiting => "waiting",
        Standing::Requested => "requested",
    }
}

const fn changed(has_changed: bool) -> &'static str {
    if has_changed { "changed" } else { "unchanged" }
}

fn differing<T: PartialEq + Debug>(what: &str, old: &T, new: &T) -> String {
    if old == new { String::new() } else { format!(" {what}={new:?}") }
}

fn flag(is_set: bool, name: &str) -> String {
    if is_set { format!(" {name}") } else { String::new() }
}

fn roles(roles: RoleSet) -> String {
    roles.iter().flat_map(|role| [" ", role.as_str()]).collect()
}

fn roles_or_member(set: RoleSet) -> String {
    if set == RoleSet::NONE { " member".to_owned() } else { roles(set) }
}

fn until(end: Option<Timestamp>) -> String {
    end.map_or_else(|| " for ever".to_owned(), |end| format!(" until {}", when(end)))
}

/// Days since the world's start, and milliseconds beyond.
fn when(stamp: Timestamp) -> String {
    let millis = stamp.as_millis() - START.as_millis();
    let (days, rest) = (millis.div_euclid(DAY), millis.rem_euclid(DAY));
    if rest == 0 { format!("day {days}") } else { format!("day {days} + {rest} ms") }
}
