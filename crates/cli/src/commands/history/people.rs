//! What the people of a history are called.

use std::collections::{HashMap, HashSet};

use guestlist_core::ids::UserId;
use guestlist_core::user::UserRef;
use guestlist_store::Store;

use crate::names::label;

/// Names that are kept at a time.
const NAMES_MAX: usize = 10_000;

/// The names of those who were met, so that nobody is looked up twice in a row.
pub(super) struct People<'a> {
    store: &'a Store,
    names: HashMap<UserId, String>,
}

impl<'a> People<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store, names: HashMap::new() }
    }

    /// Looks up those of `ids` who were not met, all at once.
    pub(super) async fn meet(&mut self, ids: impl Iterator<Item = UserId>) -> anyhow::Result<()> {
        let strangers: HashSet<_> = ids.filter(|id| !self.names.contains_key(id)).collect();
        if self.names.len() + strangers.len() > NAMES_MAX {
            self.names.clear();
        }
        let users = self.store.read().users_by_id(strangers.into_iter().collect()).await?;
        self.names.extend(users.iter().map(|user| (user.id, label(user))));
        Ok(())
    }

    /// What to call a user.
    pub(super) async fn name(&mut self, id: UserId) -> anyhow::Result<String> {
        if let Some(name) = self.names.get(&id) {
            return Ok(name.clone());
        }
        let user = self.store.read().user(UserRef::Id(id)).await?;
        let name = user.map_or_else(|| format!("user {id}"), |user| label(&user));
        if self.names.len() >= NAMES_MAX {
            self.names.clear();
        }
        self.names.insert(id, name.clone());
        Ok(name)
    }

    /// The same for a number out of a record.
    pub(super) async fn numbered(&mut self, number: Option<i64>) -> anyhow::Result<String> {
        match number.and_then(UserId::new) {
            Some(id) => self.name(id).await,
            None => Ok("somebody".to_owned()),
        }
    }
}
