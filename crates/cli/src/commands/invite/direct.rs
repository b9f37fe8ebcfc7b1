//! Inviting those who are named on the command line.

use guestlist_core::command::{Admission, Invite, Target};
use guestlist_core::ids::{BatchId, InvitationId};
use guestlist_core::ports::Clock as _;
use guestlist_core::user::UserRef;
use guestlist_store::Store;
use serde::Serialize;
use serde_json::Value;

use super::answers::{self, Answer};
use super::{Terms, import};
use crate::acting::Care;
use crate::ending::Partly;
use crate::names;
use crate::output::{Listing, Show};
use crate::refusal;
use crate::wiring::{SystemClock, SystemEntropy};

pub(super) async fn run(
    users: &[String],
    emails: &[String],
    terms: Terms,
    store: &Store,
    json: bool,
) -> anyhow::Result<()> {
    let mut named = Vec::new();
    for text in users {
        named.push((text, UserRef::Id(names::user(store, text).await?.id)));
    }
    for text in emails {
        named.push((text, UserRef::Email(names::email(text)?)));
    }
    let now = SystemClock.now();
    let batch = BatchId::generate(now, &SystemEntropy);
    // In the order of the names, so that lists have them in it, too.
    let mut ids: Vec<_> = named.iter().map(|_| InvitationId::generate(now, &SystemEntropy)).collect();
    ids.sort_unstable();
    let targets = named.iter().zip(ids).map(|((_, who), invitation)| Target { who: who.clone(), invitation });
    let invite = Invite {
        language: terms.language,
        note: terms.note.clone(),
        by: terms.by,
        group: terms.group_ref(),
        targets: targets.collect(),
        roles: terms.roles,
        admission: Admission::OnAcceptance(terms.expiry),
        batch: Some(batch),
    };
    let invited = Care { dry_run: terms.dry_run }.ask(store, invite).await?;
    let mut listing = Listing::new::<Row>(json);
    let mut refused = 0;
    for ((text, _), answer) in named.iter().zip(answers::of(&invited)) {
        let answer = answer?;
        refused += usize::from(matches!(answer, Answer::Refused(_)));
        listing.add(&Row::of(text, &answer, batch))?;
    }
    listing.finish()?;
    if refused < named.len() && !terms.dry_run {
        import::tell_how_to_undo(&[batch.to_string()], terms.group);
    }
    Partly::unless_whole(refused, named.len(), "the reasons are beside them")
}

/// What became of one person, as it is printed.
#[derive(Debug, Serialize)]
struct Row {
    to: String,
    result: &'static str,
    invitation: Option<String>,
    batch: String,
    refusal: Option<Value>,
    #[serde(skip)]
    reason: String,
}

impl Row {
    fn of(to: &str, answer: &Answer<'_>, batch: BatchId) -> Self {
        let why = if let Answer::Refused(why) = answer { Some(*why) } else { None };
        Self {
            to: to.to_owned(),
            result: answer.as_str(),
            invitation: answer.invitation(),
            batch: batch.to_string(),
            refusal: why.map(refusal::object),
            reason: why.map(refusal::line).unwrap_or_default(),
        }
    }
}

impl Show for Row {
    const HEADINGS: &'static [&'static str] = &["to", "result", "invitation", "reason"];

    fn cells(&self) -> Vec<String> {
        let result = self.result.replace('_', " ");
        vec![self.to.clone(), result, self.invitation.clone().unwrap_or_default(), self.reason.clone()]
    }
}
