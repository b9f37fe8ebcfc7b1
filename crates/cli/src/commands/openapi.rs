//! `guestlist openapi`: the document of an API.

use std::io::Write as _;

use clap::ValueEnum;
use clap::builder::PossibleValue;
use guestlist_http::openapi::Dialect;

/// Which document to print.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Whose document
    api: Api,
}

#[derive(Debug, Clone, Copy)]
struct Api(Dialect);

impl ValueEnum for Api {
    fn value_variants<'a>() -> &'a [Self] {
        const {
            &[
                Api(Dialect::Native),
                Api(Dialect::Rocketchat),
                Api(Dialect::Quran),
                Api(Dialect::QuranRooms),
                Api(Dialect::QuranLegacy),
            ]
        }
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.as_str()))
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{}", args.api.0.document())?;
    Ok(())
}
