//! Words for people, in all languages of guestlist: catalogues of messages (Fluent), and dates.

mod catalogue;
mod date;

pub use self::catalogue::{Catalogue, CatalogueError, Value};
pub use self::date::date;
