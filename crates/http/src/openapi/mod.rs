//! What each API looks like, as an OpenAPI 3.1 document made of the very routes that are served.

pub(crate) mod failure;
mod page;
mod shared;

use std::sync::LazyLock;

use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::schema::{Object, ObjectBuilder, Schema, Type};
use utoipa::openapi::{OpenApi, RefOr};

pub(crate) use self::page::routes;
use self::shared::shared;
use crate::dialects;

/// An API that guestlist speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// guestlist's own.
    Native,
    /// Rocket.Chat's private groups.
    Rocketchat,
    /// Quran Foundation's groups, behind its gateway.
    Quran,
    /// Quran Foundation's rooms, which have followed them.
    QuranRooms,
    /// Quran Foundation's groups, as they were before.
    QuranLegacy,
}

impl Dialect {
    /// All of them, the one for new clients first.
    pub const ALL: [Self; 5] = [Self::Native, Self::Rocketchat, Self::Quran, Self::QuranRooms, Self::QuranLegacy];

    /// The name in addresses and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Rocketchat => "rocketchat",
            Self::Quran => "quran",
            Self::QuranRooms => "quran-rooms",
            Self::QuranLegacy => "quran-legacy",
        }
    }

    /// Where its routes are: every one of its paths begins so.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Native => dialects::native::PREFIX,
            Self::Rocketchat => dialects::rocketchat::PREFIX,
            Self::Quran => dialects::quran::PREFIX,
            Self::QuranRooms => dialects::quran::rooms::PREFIX,
            Self::QuranLegacy => dialects::quran_legacy::PREFIX,
        }
    }

    /// Its document, as JSON for people to read.
    #[must_use]
    pub fn document(self) -> &'static str {
        static DOCUMENTS: LazyLock<[String; 5]> =
            LazyLock::new(|| Dialect::ALL.map(|dialect| json(&dialect.describe())));
        &DOCUMENTS[self as usize]
    }

    fn describe(self) -> OpenApi {
        match self {
            Self::Native => dialects::native::document(),
            Self::Rocketchat => dialects::rocketchat::document(),
            Self::Quran => dialects::quran::document(),
            Self::QuranRooms => dialects::quran::rooms::document(),
            Self::QuranLegacy => dialects::quran_legacy::document(),
        }
    }
}

fn json(document: &OpenApi) -> String {
    match serde_json::to_value(document) {
        Ok(document) => format!("{:#}", shared(document)),
        // Nothing in a document can fail to be written: its keys are texts, and there is no I/O.
        Err(error) => {
            tracing::error!(%error, "an API's document could not be written");
            String::new()
        }
    }
}

/// All operations of a document.
pub(crate) fn operations(document: &mut OpenApi) -> impl Iterator<Item = &mut Operation> {
    document.paths.paths.values_mut().flat_map(|path| {
        let PathItem { get, put, post, delete, patch, .. } = path;
        [get, put, post, delete, patch].into_iter().flatten()
    })
}

/// A header of an answer.
pub(crate) fn header(description: &str, kind: Type) -> Header {
    HeaderBuilder::new().schema(Some(Object::with_type(kind))).description(Some(description)).build()
}

/// A yes or no that is always the same.
pub(crate) fn always<const YES: bool>() -> Schema {
    ObjectBuilder::new().schema_type(Type::Boolean).enum_values(Some([YES])).build().into()
}

/// A text that is one of `values`.
pub(crate) fn one_of(description: &str, values: impl IntoIterator<Item = &'static str>) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String).description(Some(description));
    text.enum_values(Some(values)).build().into()
}
