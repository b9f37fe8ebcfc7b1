//! Whether a command would be carried out now, and if not, why.

use clap::Subcommand;
use guestlist_core::command::{
    Accept, Admission, ApproveRequest, Ask, AssignRole, Expiry, Invite, Join, Leave, OfferOwnership, RemoveMember,
    ResendInvitation, RevokeInvitation, Target, UseLink,
};
use guestlist_core::explain::Explanation;
use guestlist_core::group::GroupRef;
use guestlist_core::ids::{InvitationId, UserId};
use guestlist_core::invitation::InvitationRef;
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::ports::Clock as _;
use guestlist_core::user::UserRef;
use guestlist_store::{Rejection, Store};
use serde_json::json;

use crate::commands::invitation::{parse_id, parse_roles};
use crate::commands::link;
use crate::commands::member::parse_role;
use crate::output::{ALARM, GOOD, line, object};
use crate::wiring::{SystemClock, SystemEntropy};
use crate::{names, refusal};

/// A command to rehearse.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Inviting somebody
    Invite {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        whom: Whom,
        /// The role that comes with it: owner, moderator, leader or member
        #[arg(long, value_parser = parse_roles)]
        role: Option<RoleSet>,
    },
    /// Accepting an invitation
    Accept(Invitation),
    /// Sending an invitation again
    Resend(Invitation),
    /// Taking an invitation back
    Revoke(Invitation),
    /// Joining a group, or asking to
    Join(Place),
    /// Approving somebody's request to join
    Approve(Somebody),
    /// Taking somebody out of a group
    Remove(Somebody),
    /// Leaving a group
    Leave(Place),
    /// Giving a member a role
    GiveRole {
        #[command(flatten)]
        somebody: Somebody,
        /// owner, moderator or leader
        #[arg(value_parser = parse_role)]
        role: Role,
    },
    /// Offering a group to a member
    Offer(Somebody),
    /// Coming by a link
    UseLink {
        /// The link's address, or the secret at its end
        address: String,
        /// Who comes: a number, a uid, a username or an e-mail address
        #[arg(long = "as", value_name = "USER")]
        by: String,
    },
}

/// A group, and who asks.
#[derive(Debug, clap::Args)]
pub(crate) struct Place {
    /// A number, a uid or a slug
    group: String,
    /// Who would do it: a number, a uid, a username or an e-mail address
    #[arg(long = "as", value_name = "USER")]
    by: String,
}

/// Somebody in a group, and who asks.
#[derive(Debug, clap::Args)]
pub(crate) struct Somebody {
    /// A number, a uid or a slug
    group: String,
    /// A number, a uid, a username or an e-mail address
    user: String,
    /// Who would do it: a number, a uid, a username or an e-mail address
    #[arg(long = "as", value_name = "USER")]
    by: String,
}

/// An invitation, and who asks.
#[derive(Debug, clap::Args)]
pub(crate) struct Invitation {
    /// The invitation's id, as `invitation list` shows it
    #[arg(value_parser = parse_id)]
    id: InvitationId,
    /// Who would do it: a number, a uid, a username or an e-mail address
    #[arg(long = "as", value_name = "USER")]
    by: String,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Whom {
    /// Somebody with an account: a number, a uid, a username or an e-mail address
    #[arg(long)]
    user: Option<String>,
    /// Whoever has this address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
}

/// Rehearses `action`, and prints yes or no and why.
pub(crate) async fn run(action: Action, store: &Store, json: bool) -> anyhow::Result<()> {
    let why = match action {
        Action::Invite { place, whom, role } => return invite(&place, &whom, role, store, json).await,
        Action::Accept(Invitation { id, by }) => {
            let by = user(&by, store).await?;
            rehearse(store, Accept { by: Some(by), invitation: InvitationRef::Id(id), is_secret_enough: false }).await?
        }
        Action::Resend(Invitation { id, by }) => {
            let by = user(&by, store).await?;
            rehearse(store, ResendInvitation { by, invitation: id, expiry: Expiry::Usual }).await?
        }
        Action::Revoke(Invitation { id, by }) => {
            let by = user(&by, store).await?;
            rehearse(store, RevokeInvitation { by, invitation: id }).await?
        }
        Action::Join(Place { group, by }) => {
            let by = user(&by, store).await?;
            rehearse(store, Join { by, group: names::group_ref(&group) }).await?
        }
        Action::Leave(Place { group, by }) => {
            let by = user(&by, store).await?;
            rehearse(store, Leave { by, group: names::group_ref(&group) }).await?
        }
        Action::Approve(somebody) => {
            let (by, group, user) = somebody.find(store).await?;
            rehearse(store, ApproveRequest { by, group, user }).await?
        }
        Action::Remove(somebody) => {
            let (by, group, user) = somebody.find(store).await?;
            rehearse(store, RemoveMember { by, group, user, spares_owners: false }).await?
        }
        Action::GiveRole { somebody, role } => {
            let (by, group, user) = somebody.find(store).await?;
            rehearse(store, AssignRole { by, group, user, role }).await?
        }
        Action::Offer(somebody) => {
            let (by, group, to) = somebody.find(store).await?;
            rehearse(store, OfferOwnership { by, group, to }).await?
        }
        Action::UseLink { address, by } => {
            let secret = link::secret(&address)?;
            let by = user(&by, store).await?;
            rehearse(store, UseLink { by, link: secret.link_hash() }).await?
        }
    };
    answer(why.as_ref(), json)
}

impl Somebody {
    async fn find(&self, store: &Store) -> anyhow::Result<(UserId, GroupRef, UserRef)> {
        let whom = UserRef::Id(user(&self.user, store).await?);
        Ok((user(&self.by, store).await?, names::group_ref(&self.group), whom))
    }
}

async fn user(text: &str, store: &Store) -> anyhow::Result<UserId> {
    Ok(names::user(store, text).await?.id)
}

async fn invite(place: &Place, whom: &Whom, role: Option<RoleSet>, store: &Store, json: bool) -> anyhow::Result<()> {
    let who = match (&whom.user, &whom.email) {
        (Some(text), _) => UserRef::Id(user(text, store).await?),
        (None, text) => UserRef::Email(names::email(text.as_deref().unwrap_or_default())?),
    };
    let invite = Invite {
        language: None,
        note: None,
        by: user(&place.by, store).await?,
        group: names::group_ref(&place.group),
        targets: vec![Target { who, invitation: InvitationId::generate(SystemClock.now(), &SystemEntropy) }],
        roles: role.unwrap_or(RoleSet::NONE),
        admission: Admission::OnAcceptance(Expiry::Usual),
        batch: None,
    };
    match store.rehearse(invite).await {
        // What was said of the one person.
        Ok(invited) => answer(invited.why.first(), json),
        Err(Rejection::Refused(_, why)) => answer(Some(&why), json),
        Err(Rejection::Failed(error)) => Err(error.into()),
    }
}

/// Why a command would be refused; nothing if it would be carried out.
async fn rehearse<A: Ask>(store: &Store, command: A) -> anyhow::Result<Option<Explanation>> {
    match store.rehearse(command).await {
        Ok(_) => Ok(None),
        Err(Rejection::Refused(_, why)) => Ok(Some(*why)),
        Err(Rejection::Failed(error)) => Err(error.into()),
    }
}

fn answer(why: Option<&Explanation>, json: bool) -> anyhow::Result<()> {
    if json {
        return object(&json!({ "allowed": why.is_none(), "refusal": why.map(refusal::object) }));
    }
    let (style, word) = if why.is_some() { (ALARM, "no") } else { (GOOD, "yes") };
    let reason = why.map(|why| format!(": {}", refusal::paragraph(why))).unwrap_or_default();
    line(&format!("{}{word}{}{reason}", style.render(), style.render_reset()))
}
