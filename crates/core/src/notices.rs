//! What Rocket.Chat writes into a room when the settings of its group change. Each notice counts as a message there.

use serde::Deserialize;

use crate::chat::ChatSettings;
use crate::group::Group;
use crate::time::Timestamp;

/// The settings that a room is told of, read from a group or from the record of one.
#[derive(Deserialize)]
pub(crate) struct Announced {
    slug: String,
    name: String,
    description: String,
    #[serde(default)]
    chat: ChatSettings,
    is_public: bool,
    archived_at: Option<i64>,
}

impl Announced {
    /// Those of a group.
    pub(crate) fn of(group: &Group) -> Self {
        Self {
            slug: group.slug.to_string(),
            name: group.name.to_string(),
            description: group.description.to_string(),
            chat: group.chat.clone(),
            is_public: group.is_public,
            archived_at: group.archived_at.map(Timestamp::as_millis),
        }
    }

    /// Those that a record of a group tells; `None` if it is none.
    pub(crate) fn read(record: &str) -> Option<Self> {
        serde_json::from_str(record).ok()
    }

    /// How many notices it is to come from here to `after`.
    pub(crate) fn notices_to(&self, after: &Self) -> i64 {
        let changed = [
            self.slug != after.slug || self.name != after.name,
            self.description != after.description,
            self.chat.topic != after.chat.topic,
            self.chat.announcement != after.chat.announcement,
            self.chat.is_read_only != after.chat.is_read_only,
            self.is_public != after.is_public,
            self.archived_at.is_some() != after.archived_at.is_some(),
        ];
        changed.into_iter().map(i64::from).sum()
    }
}
