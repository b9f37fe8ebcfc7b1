//! Pages of a list, found by key: a page costs the same at the start and at the end of the list.

/// Which page to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest<Key> {
    /// Start behind this key; at the beginning if absent.
    pub after: Option<Key>,
    /// The most items to return, at least 1.
    pub limit: u16,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, Key> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// The key to go on behind; absent on the last page.
    pub next: Option<Key>,
}

impl<T, Key> Page<T, Key> {
    /// Makes a page out of up to `limit` + 1 items: the one too many only shows that there is a next page.
    #[must_use]
    pub fn of(mut items: Vec<T>, limit: u16, key: impl Fn(&T) -> Key) -> Self {
        let has_next = items.len() > usize::from(limit);
        items.truncate(usize::from(limit));
        let next = if has_next { items.last().map(key) } else { None };
        Self { items, next }
    }
}
