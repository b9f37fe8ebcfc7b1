//! The command line. The doc comments are its help.
#![expect(clippy::doc_markdown, reason = "the help of a command line is no markdown")]

use std::net::SocketAddr;
use std::num::{NonZeroU16, NonZeroU32};
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::commands::{
    client, completions, demo, doctor, explain, group, history, invitation, invite, link, mail, member, migrate,
    openapi, refusal, request, serve, token, user,
};
use crate::config::{DaysMax, Hold, Switch};
use crate::ending::EXIT_CODES;
use crate::permissions::Grant;

/// Group membership and invitations behind three existing HTTP APIs.
///
/// Start with `guestlist demo`. Settings come from flags, then GUESTLIST_* variables, then guestlist.toml.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, after_long_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Settings that every command takes.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "For every command")]
pub(crate) struct Common {
    /// Where the data are: sqlite://FILE, relative to this folder, sqlite:///FILE from the root, or
    /// postgres://USER@HOST/DATABASE [default: sqlite://guestlist.db]
    #[arg(long, global = true, env = "GUESTLIST_DATABASE", value_name = "URL", hide_env_values = true)]
    pub(crate) database: Option<String>,

    /// A file of settings [default: guestlist.toml, if there is one]
    #[arg(long, global = true, env = "GUESTLIST_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Print JSON: one object, or one per line
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) rules: Rules,
}

/// What the operator decides for the whole installation.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Rules")]
pub(crate) struct Rules {
    /// How many days an invitation waits for an answer unless its inviter says [default: 7]
    #[arg(long, global = true, env = "GUESTLIST_INVITATION_DAYS", value_name = "DAYS")]
    pub(crate) invitation_days: Option<NonZeroU16>,

    /// The most days that an inviter may say; or `none`, to let invitations wait for ever, too [default: 366]
    #[arg(long, global = true, env = "GUESTLIST_INVITATION_DAYS_MAX", value_name = "DAYS")]
    pub(crate) invitation_days_max: Option<DaysMax>,

    /// The most members that any group may have [default: any number]
    #[arg(long, global = true, env = "GUESTLIST_MEMBERS_MAX", value_name = "NUMBER")]
    pub(crate) members_max: Option<NonZeroU32>,

    /// Whether the number of invitations is limited, per group and per inviter and day; `off` is for imports and
    /// benchmarks [default: on]
    #[arg(long, global = true, env = "GUESTLIST_RATE_LIMITS", value_name = "on|off", hide_possible_values = true)]
    pub(crate) rate_limits: Option<Switch>,

    /// Who has a permission, instead of who usually has it, such as create-p=admin,bot; see docs/rocketchat.md for the names
    #[arg(
        long = "permission",
        global = true,
        env = "GUESTLIST_PERMISSIONS",
        value_name = "NAME=ROLE,ROLE",
        value_delimiter = ' '
    )]
    pub(crate) permissions: Vec<Grant>,

    /// Whether mail is sent; `off` is for whoever writes to people by themselves, and for imports [default: on]
    #[arg(long, global = true, env = "GUESTLIST_MAIL", value_name = "on|off", hide_possible_values = true)]
    pub(crate) mail: Option<Switch>,

    /// How long mail waits before it leaves, such as 30s or 5m: what is undone meanwhile is never sent [default: 0]
    #[arg(long, global = true, env = "GUESTLIST_MAIL_HOLD", value_name = "TIME")]
    pub(crate) mail_hold: Option<Hold>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve all APIs
    Serve(serve::Args),
    /// Serve the documents' own examples on loopback, and print requests to paste
    Demo(demo::Args),
    /// Copy a whole database to another place, such as from SQLite to PostgreSQL
    ///
    /// Everything goes along: ids, passwords, tokens, the issuer's key. The target must be empty. Nothing is kept of a copy
    /// that broke off or came out different. Stop all servers first: what one writes to the old database afterwards stays
    /// there. --database is not looked at.
    Migrate(migrate::Args),
    /// Print the OpenAPI document of an API
    ///
    /// A running server has the same at /docs. --database is not looked at.
    Openapi(openapi::Args),
    #[command(flatten)]
    Manage(Manage),
    /// Tell why the answer is no, or whether it would be
    ///
    /// With the code of a refusal: its rule, what it looks at, and who can change it. With a command: whether it would be
    /// carried out now, and if not, why. Nothing is changed. Without either: all codes.
    Explain(explain::Args),
    /// Check the settings, the database, and its history against what is stored
    ///
    /// Each finding says what to do; the exit code is 1 if there is one. Opening the database brings its tables up to date,
    /// as every command does.
    Doctor(doctor::Args),
    /// Print what makes a shell complete these commands
    Completions(completions::Args),
}

/// Commands that work on the database and end. A server may run on it meanwhile.
#[derive(Debug, Subcommand)]
pub(crate) enum Manage {
    /// Accounts
    #[command(subcommand)]
    User(user::Command),
    /// Groups
    #[command(subcommand)]
    Group(group::Command),
    /// Members and their roles
    #[command(subcommand)]
    Member(member::Command),
    /// List the members of a group, now or at an instant
    Members(member::List),
    /// Invite people to a group, by name or from a CSV file
    ///
    /// The first line of a CSV file names its columns: one of email, username, user_id, uid and subject says whom to invite,
    /// and role, if there, as what; others are kept for the file of failures. It may have a million rows: a thousand are
    /// invited at a time. After a break, the same command goes on where it was. Whoever has an invitation keeps that one,
    /// renewed; who declined, or was revoked, is invited anew.
    Invite(Box<invite::Args>),
    /// Invitations
    #[command(subcommand)]
    Invitation(invitation::Command),
    /// Invite links
    #[command(subcommand)]
    Link(link::Command),
    /// Requests to join
    #[command(subcommand)]
    Request(request::Command),
    /// What people refuse for good
    #[command(subcommand)]
    Refusal(refusal::Command),
    /// What is written to people, and what comes back
    #[command(subcommand)]
    Mail(mail::Command),
    /// Tell what happened in a group, or to accounts, tokens and clients
    History(history::Args),
    /// Access tokens
    #[command(subcommand)]
    Token(token::Command),
    /// Client applications
    #[command(subcommand)]
    Client(client::Command),
    /// What `explain` rehearses
    #[command(skip)]
    Rehearse(explain::Action),
}

/// Where a server listens unless told otherwise.
pub(crate) const LISTEN_DEFAULT: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);
