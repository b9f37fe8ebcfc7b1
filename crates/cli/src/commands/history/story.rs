//! An event in a sentence: who did what to whom.

use guestlist_core::Timestamp;
use guestlist_core::history::{Event, EventKind, Thing};
use guestlist_core::ids::UserId;
use guestlist_core::origin::Via;
use serde_json::Value;

use super::people::People;
use crate::output;

/// Who did what.
pub(super) async fn tell(event: &Event, people: &mut People<'_>) -> anyhow::Result<String> {
    let told = Told::of(event);
    let actor = match (event.actor, event.origin.via) {
        (Some(id), _) => people.name(id).await?,
        (None, Via::CommandLine) => "the operator".to_owned(),
        (None, Via::Guestlist) => "guestlist".to_owned(),
        (None, _) => "somebody without an account".to_owned(),
    };
    let whom = match (&event.thing, told.now["user"].as_i64(), told.now["email"].as_str()) {
        (Thing::Member(id) | Thing::Request(id) | Thing::User(id) | Thing::Password(id), ..) => {
            people.name(*id).await?
        }
        (_, _, Some(email)) => email.to_owned(),
        (_, Some(id), _) => people.numbered(Some(id)).await?,
        _ => event.thing.to_string(),
    };
    let is_self = matches!(event.thing, Thing::Member(id) | Thing::Request(id) if event.actor == Some(id));
    Ok(match event.kind {
        EventKind::GroupCreated => {
            let creator = people.numbered(told.now["creator"].as_i64()).await?;
            format!("{actor} made the group {} for {creator}", told.text("name"))
        }
        EventKind::GroupChanged => format!("{actor} changed the group: {}", told.changes()),
        EventKind::GroupArchived => format!("{actor} put the group into the archive"),
        EventKind::GroupUnarchived => format!("{actor} took the group out of the archive"),
        EventKind::GroupDeleted => format!("{actor} deleted the group"),
        EventKind::GroupRestored => format!("{actor} brought the group back"),
        EventKind::GroupPurged => format!("{actor} forgot {}", event.thing),
        EventKind::OwnershipOffered => {
            let to = people.numbered(told.now["offer"]["to"].as_i64()).await?;
            format!("{actor} offered the group to {to}")
        }
        EventKind::OwnershipSettled => {
            let to = told.then["offer"]["to"].as_i64();
            let from = people.numbered(told.then["offer"]["from"].as_i64()).await?;
            if to.and_then(UserId::new) == event.actor {
                format!("{actor} answered the offer of the group by {from}")
            } else {
                format!("the offer of the group to {} ended", people.numbered(to).await?)
            }
        }
        EventKind::MemberJoined if is_self => format!("{actor} joined{}", told.as_roles()),
        EventKind::MemberJoined => format!("{whom} became a member{}", told.as_roles()),
        EventKind::MemberChanged => format!("{actor} {}", told.role_changes(&whom)),
        EventKind::MemberLeft => format!("{actor} left"),
        EventKind::MemberRemoved => format!("{actor} removed {whom}"),
        EventKind::InvitationMade => format!("{actor} invited {whom}{}{}", told.as_roles(), told.until()),
        EventKind::InvitationResent => format!("{actor} sent {whom} the invitation again{}", told.until()),
        EventKind::InvitationChanged => format!("{actor} changed the invitation of {whom}: {}", told.changes()),
        EventKind::InvitationAccepted => format!("{whom} came in by the invitation"),
        EventKind::InvitationDeclined => format!("{whom} declined"),
        EventKind::InvitationRevoked => format!("{actor} revoked the invitation of {whom}"),
        EventKind::InvitationExpired => format!("the invitation of {whom} ran out"),
        EventKind::InvitationReopened => {
            format!("the invitation of {whom} is open again, as {actor} undid what closed it")
        }
        EventKind::InvitationTokenGiven => format!("{actor} gave a secret for {}", event.thing),
        EventKind::InvitationSeen => format!("the link of the invitation of {whom} was opened"),
        EventKind::InvitationReminded => format!("{whom} is reminded of the invitation"),
        EventKind::MailHandedOver => format!("the mail of {} was handed over", told.kind()),
        EventKind::MailDeferred => format!("no mail server took the mail of {} yet{}", told.kind(), told.reply()),
        EventKind::MailFailed => format!("the mail of {} was given up{}", told.kind(), told.reply()),
        EventKind::MailBounced => format!("the mail of {} came back{}", told.kind(), told.reply()),
        EventKind::MailComplained => format!("somebody complained about the mail of {}", told.kind()),
        EventKind::LinkMade => {
            let uses = told.now["uses_max"].as_i64().map(|uses| format!(" for {uses} people")).unwrap_or_default();
            format!("{actor} made a link{uses}{}{}", told.as_roles(), told.until())
        }
        EventKind::LinkUsed => format!("{actor} came by a link, use {}", told.now["uses"]),
        EventKind::LinkRevoked => format!("{actor} revoked a link"),
        EventKind::RequestMade if is_self => format!("{actor} asked to join"),
        EventKind::RequestMade => format!("{whom} asks to join again, as {actor} undid the answer"),
        EventKind::RequestWaiting => format!("{whom} waits for a seat"),
        EventKind::RequestAdmitted if is_self || event.actor.is_none() => format!("{whom} was let in"),
        EventKind::RequestAdmitted => format!("{actor} let {whom} in"),
        EventKind::RequestRejected => format!("{actor} turned {whom} down"),
        EventKind::RequestWithdrawn if is_self => format!("{actor} took the request to join back"),
        EventKind::RequestWithdrawn => format!("the request of {whom} to join ended"),
        EventKind::UserAdded => format!("{actor} opened the account of {whom}"),
        EventKind::UserChanged => format!("the account of {whom} changed: {}", told.changes()),
        EventKind::UserDisabled => format!("{actor} switched off the account of {whom}"),
        EventKind::UserEnabled => format!("{actor} switched the account of {whom} on again"),
        EventKind::UserDeleted => format!("{actor} deleted the account of {whom}"),
        EventKind::AddressChanged if event.after.is_none() => {
            format!("{whom} has the address {} no more", told.text("address"))
        }
        EventKind::AddressChanged => {
            let state = if told.now["is_verified"] == true { "verified" } else { "unverified" };
            format!("{whom} has the {state} address {}", told.text("address"))
        }
        EventKind::PasswordChanged => format!("{whom} has a new password"),
        EventKind::OptOutMade => "somebody refuses further invitations".to_owned(),
        EventKind::OptOutEnded => "somebody allows invitations again".to_owned(),
        EventKind::TokenIssued => format!("{actor} gave out a token for {whom}{}", told.until()),
        EventKind::TokenRevoked => format!("{actor} ended a token of {whom}"),
        EventKind::ClientAdded => format!("{actor} registered {}", event.thing),
        EventKind::ClientRemoved => format!("{actor} removed {}", event.thing),
        EventKind::IssuerKeyAdopted => "the issuer of signed tokens got its key".to_owned(),
    })
}

/// Most of those that [`tell`] names.
pub(super) fn users(event: &Event) -> impl Iterator<Item = UserId> {
    let thing = match event.thing {
        Thing::Member(id) | Thing::Request(id) | Thing::User(id) | Thing::Password(id) => Some(id),
        _ => Told::of(event).now["user"].as_i64().and_then(UserId::new),
    };
    event.actor.into_iter().chain(thing)
}

/// Through what it was asked.
pub(super) fn through(event: &Event) -> String {
    let way = match event.origin.via {
        Via::Guestlist => return String::new(),
        Via::CommandLine => "on the command line",
        Via::Page => "on the page of the link",
        Via::Native => "through guestlist's own API",
        Via::QuranLegacy => "through Quran Foundation's legacy API",
        Via::Quran => "through Quran Foundation's API",
        Via::RocketChat => "through Rocket.Chat's API",
    };
    match &event.origin.client {
        Some(client) => format!(" ({way}, with {client})"),
        None => format!(" ({way})"),
    }
}

/// The records of an event.
struct Told {
    then: Value,
    /// After it, or before it if the thing is gone.
    now: Value,
}

impl Told {
    fn of(event: &Event) -> Self {
        let read = |text: &Option<String>| text.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let then: Value = read(&event.before).unwrap_or_default();
        let now = read(&event.after).unwrap_or_else(|| then.clone());
        Self { then, now }
    }

    fn text(&self, name: &str) -> &str {
        self.now[name].as_str().unwrap_or_default()
    }

    /// Which mail of which invitation.
    fn kind(&self) -> String {
        let kind = if self.now["kind"] == "reminder" { "a reminder" } else { "an invitation" };
        format!("{kind} ({})", self.text("invitation"))
    }

    /// What a mail server said.
    fn reply(&self) -> String {
        self.now["reply"].as_str().map(|reply| format!(": {reply}")).unwrap_or_default()
    }

    /// `gave amer the role of owner`, `took the role of leader from amer`, or both.
    fn role_changes(&self, whom: &str) -> String {
        let (then, now) = (roles(&self.then), roles(&self.now));
        let only = |these: &[&str], those: &[&str]| {
            these.iter().filter(|role| !those.contains(role)).copied().collect::<Vec<_>>().join(" and ")
        };
        let (given, taken) = (only(&now, &then), only(&then, &now));
        match (given.is_empty(), taken.is_empty()) {
            (false, true) => format!("gave {whom} the role of {given}"),
            (true, false) => format!("took the role of {taken} from {whom}"),
            _ => format!("gave {whom} the role of {given} instead of {taken}"),
        }
    }

    /// ` as moderator`, if there is a role.
    fn as_roles(&self) -> String {
        let roles = roles(&self.now);
        if roles.is_empty() { String::new() } else { format!(" as {}", roles.join(" and ")) }
    }

    /// `, until then`, if there is an end.
    fn until(&self) -> String {
        self.now["expires_at"].as_i64().map(|end| format!(", until {}", instant(end))).unwrap_or_default()
    }

    /// What is otherwise than before.
    fn changes(&self) -> String {
        let fields = self.now.as_object().into_iter().flatten();
        let changed = fields.filter(|(name, _)| *name != "updated_at").filter_map(|(name, now)| {
            let then = &self.then[name];
            (then != now)
                .then(|| format!("{} {} instead of {}", name.replace('_', " "), shown(name, now), shown(name, then)))
        });
        changed.collect::<Vec<_>>().join(", ")
    }
}

/// The roles of a record.
fn roles(record: &Value) -> Vec<&str> {
    record["roles"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// A value in a sentence.
fn shown(name: &str, value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Number(millis) if name.ends_with("_at") => millis.as_i64().map(instant).unwrap_or_default(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" and "),
        other => other.to_string(),
    }
}

fn instant(millis: i64) -> String {
    short(&output::time(Timestamp::from_millis(millis)))
}

/// A time without its milliseconds.
pub(super) fn short(time: &str) -> String {
    format!("{}Z", time.split('.').next().unwrap_or(time).replace('T', " "))
}
