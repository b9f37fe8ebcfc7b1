//! Counting one's way through a list: `offset`, `count` and `sort`.

use serde_json::Value;

use super::answer::Answer;
use super::params::{Field, Kind, Params};

pub(super) const OFFSET: Field = Field::optional("offset", Kind::Integer, "How many to pass over.");
pub(super) const COUNT: Field = Field::optional(
    "count",
    Kind::Integer,
    "How many to show: 50 unless given, 100 at most. 0 is for all, up to 10,000.",
);
pub(super) const SORT: Field =
    Field::optional("sort", Kind::Text, "A JSON object of one key, to be sorted by up (1) or down (-1).");

const COUNT_DEFAULT: u32 = 50;
const COUNT_MAX: u32 = 100;
/// For those who ask for everything: an answer that still fits in memory many times over.
const COUNT_WITHOUT_LIMIT: u32 = 10_000;

/// A stretch of a list.
pub(super) struct Paging {
    pub(super) offset: u32,
    pub(super) limit: u32,
    /// By which keys, and whether from the end of each.
    pub(super) sort: Vec<(String, bool)>,
}

impl Paging {
    pub(super) fn of(params: &Params) -> Result<Self, Answer> {
        // What is negative counts as not given.
        let non_negative =
            |name| params.integer(name).filter(|n| *n >= 0).map(|n| u32::try_from(n).unwrap_or(u32::MAX));
        Ok(Self {
            offset: non_negative("offset").unwrap_or(0),
            limit: match non_negative("count").unwrap_or(COUNT_DEFAULT) {
                0 => COUNT_WITHOUT_LIMIT,
                count => count.min(COUNT_MAX),
            },
            sort: params.text("sort").map_or(Ok(vec![]), |text| sort(&text))?,
        })
    }

    /// Whether the list is to be read from its end, where only `key` can be sorted by.
    pub(super) fn descends_by(&self, key: &str) -> bool {
        self.sort.iter().any(|(by, is_descending)| by == key && *is_descending)
    }
}

/// Reads `{"username":-1}`.
fn sort(text: &str) -> Result<Vec<(String, bool)>, Answer> {
    let Ok(Value::Object(keys)) = serde_json::from_str(text) else { return Err(Answer::invalid_sort(text)) };
    let keys = keys.into_iter().map(|(key, direction)| match direction.as_i64() {
        Some(direction @ (1 | -1)) => Ok((key, direction == -1)),
        _ => Err(Answer::invalid_sort(text)),
    });
    keys.collect()
}
