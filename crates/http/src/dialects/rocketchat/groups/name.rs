//! The name of a group, which is its slug and its name for people at once.

use guestlist_core::Refusal;
use guestlist_core::group::GroupRef;
use guestlist_core::names::{DisplayName, Slug};
use guestlist_store::Rejection;
use serde_json::{Value, json};

use super::super::answer::Answer;
use super::super::endpoint::Call;

/// Names that would be taken for something else.
const RESERVED: [&str; 6] = ["admin", "administrator", "system", "user", "all", "here"];

/// Reads a name. Nothing is trimmed.
pub(super) fn parse(text: &str) -> Result<(Slug, DisplayName), Answer> {
    let is_reserved = RESERVED.contains(&text.to_ascii_lowercase().as_str());
    let slug = Slug::parse(text).ok().filter(|_| !is_reserved);
    slug.zip(DisplayName::parse(text).ok()).ok_or_else(|| {
        let shown = escaped(text);
        refused("error-invalid-room-name", &format!("{shown} is not a valid room name."), &shown)
    })
}

/// Why a group could not get a name, or whatever else was wrong.
pub(super) async fn rejected(call: &Call, rejection: Rejection, slug: &Slug, method: &str) -> Answer {
    if !matches!(rejection, Rejection::Refused(Refusal::SlugTaken, _)) {
        return Answer::rejected(rejection, method);
    }
    let holder = match call.app.store.read().group(GroupRef::Slug(slug.clone()), None).await {
        Ok(holder) => holder,
        Err(error) => return error.into(),
    };
    if holder.is_some_and(|holder| !holder.group.is_active()) {
        let reason = format!("There's an archived channel with name {slug}");
        return refused("error-archived-duplicate-name", &reason, slug.as_str());
    }
    refused("error-duplicate-channel-name", &format!("A channel with name '{slug}' exists"), slug.as_str())
}

fn refused(code: &str, reason: &str, name: &str) -> Answer {
    let details: Value = json!({ "function": "RocketChat.getValidRoomName", "channel_name": name });
    Answer::refused(code, reason, Some(details))
}

/// The text as clients may put it into a page.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(letter),
        }
    }
    safe
}
