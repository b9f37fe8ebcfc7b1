//! An event as it is sent.

use guestlist_core::history::{Seen, Thing};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::time::iso;

/// What happened, as far as the caller may see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub(super) struct EventBody {
    kind: &'static str,
    /// The group's number; null for what belongs to no group.
    group_id: Option<i64>,
    /// The number of the event in its history.
    seq: i64,
    at: String,
    /// The user who asked for it.
    actor_id: Option<i64>,
    via: Option<&'static str>,
    client_id: Option<String>,
    request_id: Option<String>,
    batch_id: Option<String>,
    thing: ThingBody,
    before: Option<Value>,
    after: Option<Value>,
}

/// To what it happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Thing)]
pub(super) struct ThingBody {
    kind: String,
    id: String,
}

impl EventBody {
    pub(super) fn of(seen: &Seen<'_>) -> Self {
        let (event, origin) = (seen.event, seen.origin);
        Self {
            kind: event.kind.as_str(),
            group_id: Some(event.stream.number()).filter(|number| *number > 0),
            seq: event.seq,
            at: iso(event.at),
            actor_id: seen.actor.map(guestlist_core::ids::UserId::get),
            via: origin.map(|origin| origin.via.as_str()),
            client_id: origin.and_then(|origin| Some(origin.client.as_ref()?.to_string())),
            request_id: origin.and_then(|origin| Some(origin.request.as_ref()?.to_string())),
            batch_id: event.batch.map(|batch| batch.to_string()),
            thing: ThingBody::of(&event.thing),
            before: seen.before.as_deref().map(record),
            after: seen.after.as_deref().map(record),
        }
    }

    /// What happened, as in the histories.
    pub(super) const fn kind(&self) -> &'static str {
        self.kind
    }
}

impl ThingBody {
    fn of(thing: &Thing) -> Self {
        let name = thing.to_string();
        let (kind, id) = name.split_once('/').unwrap_or((&name, ""));
        Self { kind: kind.to_owned(), id: id.to_owned() }
    }
}

/// A record as stored, but with its times as this API writes them.
fn record(text: &str) -> Value {
    let mut record = serde_json::from_str(text).unwrap_or_default();
    show_times(&mut record);
    record
}

fn show_times(value: &mut Value) {
    let Value::Object(fields) = value else { return };
    for (name, value) in fields {
        match value.as_i64() {
            Some(millis) if name.ends_with("_at") => {
                *value = iso(guestlist_core::Timestamp::from_millis(millis)).into();
            }
            _ => show_times(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_record_has_times_as_people_read_them() {
        let text = r#"{"joined_at":0,"place":7,"closed_at":null,"offer":{"from":1,"expires_at":1000}}"#;
        let shown = json!({
            "joined_at": "1970-01-01T00:00:00.000Z",
            "place": 7,
            "closed_at": null,
            "offer": { "from": 1, "expires_at": "1970-01-01T00:00:01.000Z" },
        });
        assert_eq!(record(text), shown);
    }
}
