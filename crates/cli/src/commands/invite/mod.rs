//! `guestlist invite`: people by name, or everybody in a CSV file.

mod answers;
mod direct;
mod failures;
mod header;
mod import;
mod people;
mod progress;
mod records;
mod resume;
mod source;

use std::path::PathBuf;

use guestlist_core::command::Expiry;
use guestlist_core::group::GroupRef;
use guestlist_core::ids::{GroupId, UserId};
use guestlist_core::language::Language;
use guestlist_core::member::RoleSet;
use guestlist_core::names::Note;
use guestlist_store::Store;

use crate::acting::Acting;
use crate::commands::invitation::parse_roles;
use crate::names::{self, parse, parse_language};
use crate::times::Span;

/// Whom to invite, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A number, a uid or a slug
    group: String,
    #[command(flatten)]
    whom: Whom,
    #[command(flatten)]
    acting: Acting,
    /// The role that comes with it: owner, moderator, leader or member [default: member]
    #[arg(long, value_parser = parse_roles)]
    role: Option<RoleSet>,
    /// How long the invitations live, such as 14d or 12h, or `never` [default: as is usual]
    #[arg(long, value_parser = Span::parse)]
    expires: Option<Span>,
    /// The language to write to them in: en, ar, ur, id, tr, fr, de or es [default: that of their account, or of the group]
    #[arg(long, value_parser = parse_language)]
    language: Option<Language>,
    /// Words of yours for the mail: plain text of at most 500 characters on 10 lines
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Where to write the rows that failed, with line and reason [default: FILE with .failures.csv at its end]
    #[arg(long, value_name = "FILE", requires = "csv")]
    failures: Option<PathBuf>,
    /// Begin anew, although an earlier invite of this file broke off
    #[arg(long, requires = "csv")]
    restart: bool,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
struct Whom {
    /// People with an account: numbers, uids, usernames or e-mail addresses of theirs
    #[arg(long, value_name = "USER", num_args = 1..)]
    user: Vec<String>,
    /// E-mail addresses, whether somebody has an account with them or not
    #[arg(long, value_name = "ADDRESS", num_args = 1..)]
    email: Vec<String>,
    /// Everybody in a CSV file; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["user", "email"])]
    csv: Option<PathBuf>,
}

/// What is the same for all who are invited.
#[derive(Debug, Clone)]
struct Terms {
    group: GroupId,
    by: UserId,
    roles: RoleSet,
    expiry: Expiry,
    language: Option<Language>,
    note: Option<Note>,
    dry_run: bool,
}

pub(crate) async fn run(args: Args, store: &Store, json: bool) -> anyhow::Result<()> {
    let terms = Terms {
        group: names::group(store, &args.group).await?.group.id,
        by: args.acting.user(store).await?,
        roles: args.role.unwrap_or(RoleSet::NONE),
        expiry: args.expires.map_or(Expiry::Usual, Span::expiry),
        language: args.language,
        note: parse("note", args.note, Note::parse, Note::FORM)?,
        dry_run: args.acting.care.dry_run,
    };
    match &args.whom.csv {
        Some(file) => import::run(file, args.failures.as_deref(), args.restart, terms, store, json).await,
        None => direct::run(&args.whom.user, &args.whom.email, terms, store, json).await,
    }
}

impl Terms {
    const fn group_ref(&self) -> GroupRef {
        GroupRef::Id(self.group)
    }
}
