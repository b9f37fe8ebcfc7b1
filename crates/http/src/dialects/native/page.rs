//! Which page of a list, and a page as it is sent.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guestlist_store::page::{Page, PageRequest};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::problem::Problem;
use crate::App;

const LIMIT_DEFAULT: u16 = 50;
const LIMIT_MAX: u16 = 200;

/// Which page of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Paging {
    /// How many entries a page has at most.
    #[param(required = false, minimum = 1, maximum = 200, default = 50)]
    limit: u16,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

impl Paging {
    /// The request for a page of a list whose keys `parse` reads.
    pub(super) fn request<Key>(&self, parse: impl FnOnce(&str) -> Option<Key>) -> Result<PageRequest<Key>, Problem> {
        let after = match &self.cursor {
            Some(cursor) => {
                Some(opened(cursor).and_then(|key| parse(&key)).ok_or(Problem::InvalidParameter("cursor"))?)
            }
            None => None,
        };
        Ok(PageRequest { after, limit: self.limit })
    }
}

impl FromRequestParts<App> for Paging {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let mut paging = Self { limit: LIMIT_DEFAULT, cursor: None };
        for (name, value) in form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
            match &*name {
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit));
                    paging.limit = limit.ok_or(Problem::InvalidParameter("limit"))?;
                }
                "cursor" => paging.cursor = Some(value.into_owned()),
                _ => {}
            }
        }
        Ok(paging)
    }
}

/// A page as it is sent.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct List<T> {
    /// The entries.
    data: Vec<T>,
    /// Where the next page goes on; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

impl<T> List<T> {
    pub(super) fn of<V, Key: ToString>(page: Page<V, Key>, mut show: impl FnMut(&V) -> T) -> Self {
        Self::some_of(page, |item| Some(show(item)))
    }

    /// Without the entries of which there is nothing to show.
    pub(super) fn some_of<V, Key: ToString>(page: Page<V, Key>, show: impl FnMut(&V) -> Option<T>) -> Self {
        let next_cursor = page.next.map(|key| URL_SAFE_NO_PAD.encode(key.to_string()));
        Self { data: page.items.iter().filter_map(show).collect(), next_cursor }
    }
}

/// What is in a cursor. Clients see no more in it than a text, so that keys can become others.
fn opened(cursor: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()
}

/// A key that is a number.
pub(super) fn number(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number| *number >= 0)
}
