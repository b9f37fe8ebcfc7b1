//! The one place where these tests touch the API: a world, a time and a command in; a short text out.
//!
//! The text names what a change adds (`+`), alters (`~`) or takes away (`-`). Times count from the world's start. A
//! thing is stamped with the time of the command, and only its changeable parts change: else the text says so, or the
//! test fails.

use guestlist_core::change::Change;
use guestlist_core::credential::AccessToken;
use guestlist_core::group::{Group, GroupRef};
use guestlist_core::ids::{GroupId, InvitationId, UserId};
use guestlist_core::invitation::{Invitation, Invitee};
use guestlist_core::member::{Membership, RoleSet};
use guestlist_core::outcome::{Accepted, InviteRow, MemberRemoved, Outcome};
use guestlist_core::time::Timestamp;
use guestlist_core::user::{User, UserRef};
use guestlist_core::world::{DAY, START, World};
use guestlist_core::{Command, decide};

/// What becomes of a command, in words.
pub(crate) fn check(world: &World, now: Timestamp, ask: impl Fn(&World) -> Command) -> String {
    match decide(&ask(world), world.facts(), now) {
        Err(refusal) => format!("refused: {refusal:?}"),
        Ok(decision) => {
            let teller = Teller { world, now };
            let changes = decision.changes.iter().map(|change| format!("\n  {}", teller.change(change)));
            teller.outcome(&decision.outcome) + &changes.collect::<String>()
        }
    }
}

struct Teller<'a> {
    world: &'a World,
    now: Timestamp,
}

impl Teller<'_> {
    fn outcome(&self, outcome: &Outcome) -> String {
        match outcome {
            Outcome::UserAdded(added) => format!("user added: {}", added.0.id),
            Outcome::UserSeen(seen) => format!("user seen: {}", seen.0.id),
            Outcome::UserDisabled(disabled) => format!("user disabled: {}", self.name(disabled.0.id)),
            Outcome::GroupCreated(created) => format!("group created: {}", created.0.id),
            Outcome::Invited(invited) => {
                let rows: Vec<_> = invited.rows.iter().map(row).collect();
                format!("invited to {}: {}", self.slug(invited.group), rows.join(", "))
            }
            Outcome::Accepted(Accepted { group, is_new_member: true }) => {
                format!("accepted: new member of {}", self.slug(*group))
            }
            Outcome::Accepted(Accepted { group, is_new_member: false }) => {
                format!("accepted: member of {} before", self.slug(*group))
            }
            Outcome::Declined(declined) => format!("declined: {}", self.slug(declined.group)),
            Outcome::MemberRemoved(MemberRemoved::Member) => "removed: member".to_owned(),
            Outcome::MemberRemoved(MemberRemoved::Invitation) => "removed: invitation".to_owned(),
            Outcome::RoleAssigned(role) => format!("assigned: {}", changed(role.has_changed)),
            Outcome::RoleTaken(role) => format!("taken: {}", changed(role.has_changed)),
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
            Change::Password(user, _) => format!("+ password of {}", self.name(*user)),
            Change::Group(group) => self.group(group),
            Change::Membership(membership) => self.membership(membership),
            Change::MembershipEnded(_, user) => format!("- membership {}", self.name(*user)),
            Change::Invitation(invitation) => self.invitation(invitation),
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
            assert_eq!(*new, User { disabled_at: new.disabled_at, updated_at: self.now, ..old.clone() });
            return format!("~ user {}{}", self.name(new.id), self.off(new.disabled_at));
        }
        assert_eq!(new.created_at, new.updated_at);
        let username = new.username.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
        let name = new.name.as_ref().map(|name| format!(" {:?}", name.as_str())).unwrap_or_default();
        let (admin, odd) = (flag(new.is_admin, "admin"), self.odd(new.created_at));
        format!("+ user {}{username}{name} {} {}{admin}{odd}", new.id, new.uid, new.subject)
    }

    fn group(&self, new: &Group) -> String {
        let Some(old) = self.world.facts().group(&GroupRef::Id(new.id)) else {
            assert_eq!(new.created_at, new.updated_at);
            let text =
                format!("+ group {} {} {:?} {:?} {}", new.id, new.slug, new.name.as_str(), new.description, new.uid);
            let counts = (new.members_count, new.owners_count, new.notices_count);
            let (public, odd) = (flag(new.is_public, "public"), self.odd(new.created_at));
            return format!("{text} by {} {counts:?}{public}{odd}", self.name(new.creator));
        };
        let Group { members_count, owners_count, notices_count, .. } = *new;
        let only = Group { members_count, owners_count, notices_count, updated_at: self.now, ..old.clone() };
        assert_eq!(*new, only, "nothing else changes");
        let counts = [
            ("members", old.members_count, members_count),
            ("owners", old.owners_count, owners_count),
            ("notices", old.notices_count, notices_count),
        ];
        let counts = counts.into_iter().filter(|(_, old, new)| old != new);
        let counts: Vec<_> = counts.map(|(what, _, new)| format!(" {what}={new}")).collect();
        format!("~ group{}", counts.concat())
    }

    fn membership(&self, new: &Membership) -> String {
        let sign = match self.world.facts().membership(new.group, new.user) {
            Some(old) => {
                assert_eq!(*new, Membership { roles: new.roles, ..old.clone() });
                '~'
            }
            None => '+',
        };
        let odd = if sign == '+' { self.odd(new.joined_at) } else { String::new() };
        format!("{sign} membership {}{}{odd}", self.name(new.user), roles(new.roles))
    }

    fn invitation(&self, new: &Invitation) -> String {
        let id = number(new.id);
        if let Some(old) = self.world.facts().invitation(new.id) {
            let Invitation { state, expires_at, closed_at, .. } = *new;
            assert_eq!(*new, Invitation { state, expires_at, closed_at, ..old.clone() });
            let until =
                if expires_at == old.expires_at { String::new() } else { format!(" until {}", when(expires_at)) };
            let state = if state == old.state { String::new() } else { format!(" {}", state.as_str()) };
            return format!("~ invitation {id}{state}{until}{}", closed_at.map(|at| self.odd(at)).unwrap_or_default());
        }
        let whom = match &new.invitee {
            Invitee::User(user) => self.name(*user),
            Invitee::Email(email) => email.to_string(),
        };
        let (by, until, odd) = (self.name(new.inviter), when(new.expires_at), self.odd(new.created_at));
        let text = format!("+ invitation {id} to {whom}{} by {by} until {until}", roles(new.roles));
        format!("{text} {}{odd}", new.state.as_str())
    }

    fn token(&self, new: &AccessToken) -> String {
        let id = new.id.as_uuid().as_u128();
        let revoked = new.revoked_at.map(|at| format!(" revoked{}", self.odd(at))).unwrap_or_default();
        if self.world.facts().token(&guestlist_core::credential::TokenRef::Id(new.id)).is_some() {
            return format!("~ token {id}{revoked}");
        }
        let client = new.client.as_ref().map(|client| format!(" at {client}")).unwrap_or_default();
        let until = new.expires_at.map(|at| format!(" until {}", when(at))).unwrap_or_default();
        let (user, odd) = (self.name(new.user), self.odd(new.created_at));
        format!("+ token {id} of {user}{client} for {}{until}{revoked}{odd}", new.scopes)
    }

    fn name(&self, id: UserId) -> String {
        let username = self.world.facts().user(&UserRef::Id(id)).and_then(|user| user.username.as_ref());
        username.map_or_else(|| id.to_string(), ToString::to_string)
    }

    fn slug(&self, id: GroupId) -> String {
        self.world.facts().group(&GroupRef::Id(id)).map_or_else(|| id.to_string(), |group| group.slug.to_string())
    }

    fn off(&self, disabled_at: Option<Timestamp>) -> String {
        disabled_at.map_or_else(|| " on".to_owned(), |at| format!(" off{}", self.odd(at)))
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
        InviteRow::UserUnknown => "unknown".to_owned(),
    }
}

fn number(id: InvitationId) -> u128 {
    id.as_uuid().as_u128()
}

const fn changed(has_changed: bool) -> &'static str {
    if has_changed { "changed" } else { "unchanged" }
}

fn flag(is_set: bool, name: &str) -> String {
    if is_set { format!(" {name}") } else { String::new() }
}

fn roles(roles: RoleSet) -> String {
    roles.iter().flat_map(|role| [" ", role.as_str()]).collect()
}

/// Days since the world's start, and milliseconds beyond.
fn when(stamp: Timestamp) -> String {
    let millis = stamp.as_millis() - START.as_millis();
    let (days, rest) = (millis.div_euclid(DAY), millis.rem_euclid(DAY));
    if rest == 0 { format!("day {days}") } else { format!("day {days} + {rest} ms") }
}
