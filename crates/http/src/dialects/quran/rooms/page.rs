//! Numbered pages.

use guestlist_store::directory::Stretch;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::query::Query;

/// The largest page where none is documented. Whoever asks for more gets so much.
const LIMIT_MAX: u32 = 100;

/// How large the pages of a list are.
pub(super) enum Size {
    /// As many as this if nothing is said, and never more.
    AtMost(u32),
    /// As many as this if nothing is said.
    Usually(u32),
}

/// Which page of a list.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Paging {
    /// Counted from 1.
    #[param(required = false, minimum = 1, default = 1)]
    page: u64,
    /// How many entries a page has at most.
    #[param(required = false, minimum = 1)]
    limit: u32,
}

impl Paging {
    /// Reads `page` and `limit`: canonical integers from 1 on.
    pub(super) fn read(query: &mut Query, size: &Size) -> Self {
        let page = query.read("page", whole).unwrap_or(1);
        let limit = match size {
            Size::AtMost(max) => query.read("limit", |text| whole(text).filter(|limit| *limit <= u64::from(*max))),
            Size::Usually(_) => query.read("limit", whole),
        };
        let usual = match size {
            Size::AtMost(usual) | Size::Usually(usual) => *usual,
        };
        let limit = limit.map_or(usual, |limit| u32::try_from(limit).map_or(LIMIT_MAX, |limit| limit.min(LIMIT_MAX)));
        Self { page, limit }
    }

    /// Which part of the list that is. No list goes on for so long that a page beyond it would not be empty.
    pub(super) fn stretch(&self) -> Stretch {
        let before = self.page.saturating_sub(1).saturating_mul(u64::from(self.limit));
        Stretch { offset: u32::try_from(before).unwrap_or(u32::MAX), limit: self.limit }
    }
}

fn whole(text: &str) -> Option<u64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_plain && *number >= 1)
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the fields are the API's")]
pub(super) struct Page<T> {
    /// How many entries the whole list has.
    #[schema(minimum = 0)]
    total: u64,
    /// The page that was asked for.
    #[schema(minimum = 1)]
    current_page: u64,
    #[schema(minimum = 1)]
    limit: u32,
    /// How many pages there are.
    #[schema(minimum = 0)]
    pages: u64,
    data: Vec<T>,
}

impl<T> Page<T> {
    pub(super) fn of(paging: Paging, total: u64, data: Vec<T>) -> Self {
        let Paging { page, limit } = paging;
        Self { total, current_page: page, limit, pages: total.div_ceil(u64::from(limit)), data }
    }
}
