//! `guestlist user`: accounts.

use std::io::Read as _;

use anyhow::{Context as _, anyhow, bail};
use clap::Subcommand;
use guestlist_core::chat::Profile;
use guestlist_core::command::{AddUser, DisableUser};
use guestlist_core::global_role::{GlobalRole, GlobalRoles};
use guestlist_core::ids::{Uid, UserId, uuid_v4};
use guestlist_core::language::Language;
use guestlist_core::names::{DisplayName, Email, Subject, Username};
use guestlist_core::user::{User, UserEmail, UserRef};
use guestlist_identity::password::{Password, Passwords};
use guestlist_store::Store;
use guestlist_store::page::PageRequest;
use serde::Serialize;

use crate::acting::Care;
use crate::names::{self, parse, parse_language};
use crate::output::{self, Listing, Show};
use crate::wiring::SystemEntropy;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Open an account
    Add(Add),
    /// List all accounts
    List,
    /// Show an account
    Show {
        /// A number, a uid, a username or an e-mail address
        user: String,
    },
    /// Switch an account off: its tokens stop working, its memberships stay
    Disable {
        /// A number, a uid, a username or an e-mail address
        user: String,
        #[command(flatten)]
        care: Care,
    },
}

/// A new account.
#[derive(Debug, clap::Args)]
pub(crate) struct Add {
    /// Its e-mail address, taken as verified
    #[arg(long)]
    email: Option<String>,
    /// Its name for signing in
    #[arg(long)]
    username: Option<String>,
    /// Its name for people
    #[arg(long)]
    name: Option<String>,
    /// The language to write to it in: en, ar, ur, id, tr, fr, de or es
    #[arg(long, value_parser = parse_language)]
    language: Option<Language>,
    /// Its number [default: the next free one]
    #[arg(long)]
    id: Option<i64>,
    /// Its id for Rocket.Chat clients [default: a new one]
    #[arg(long)]
    uid: Option<String>,
    /// The `sub` of its tokens at the identity provider [default: a new UUID]
    #[arg(long)]
    subject: Option<String>,
    /// Make it an administrator of the whole installation
    #[arg(long)]
    admin: bool,
    /// What it is: user, bot, app, guest or anonymous; several with commas between them
    #[arg(long, value_delimiter = ',', value_parser = global_role)]
    role: Vec<GlobalRole>,
    /// Read its password from standard input
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    pub(crate) care: Care,
}

pub(crate) async fn run(command: Command, store: &Store, json: bool) -> anyhow::Result<()> {
    match command {
        Command::Add(add) => {
            // Not read again: in a rehearsal there is nothing to be read.
            let address = add.email.clone().map(|email| Address { email, verified: true });
            let user = add.run(store).await?;
            output::one(&Account::of(user, address.into_iter().collect()), json)
        }
        Command::List => list(store, json).await,
        Command::Show { user } => output::one(&Account::load(names::user(store, &user).await?, store).await?, json),
        Command::Disable { user, care } => {
            let user = UserRef::Id(names::user(store, &user).await?.id);
            let disabled = care.ask(store, DisableUser { by: None, user }).await?;
            output::one(&Account::load(disabled.0, store).await?, json)
        }
    }
}

async fn list(store: &Store, json: bool) -> anyhow::Result<()> {
    let mut listing = Listing::new::<Account>(json);
    let mut after = None;
    loop {
        let page = store.read().users(PageRequest { after, limit: 500 }).await?;
        for user in page.items {
            listing.add(&Account::load(user, store).await?)?;
        }
        after = page.next;
        if after.is_none() {
            return listing.finish();
        }
    }
}

impl Add {
    async fn run(self, store: &Store) -> anyhow::Result<User> {
        if self.email.is_none() && self.username.is_none() && self.subject.is_none() {
            bail!("name the user in at least one way: --email, --username or --subject");
        }
        let password = if self.password_stdin { Some(read_password().await?) } else { None };
        let add = AddUser {
            language: self.language,
            by: None,
            id: self
                .id
                .map(|id| UserId::new(id).ok_or_else(|| anyhow!("--id takes a number from 1 up")))
                .transpose()?,
            uid: match self.uid {
                Some(uid) => Uid::parse(&uid).ok_or_else(|| anyhow!("--uid takes letters, digits and . _ -"))?,
                None => Uid::generate(&SystemEntropy),
            },
            subject: match self.subject {
                Some(subject) => {
                    Subject::parse(&subject).map_err(|error| anyhow!("the subject {error}; {}", Subject::FORM))?
                }
                None => Subject::parse(&uuid_v4(&SystemEntropy).to_string())?,
            },
            username: parse("username", self.username, Username::parse, Username::FORM)?,
            name: parse("name", self.name, DisplayName::parse, DisplayName::FORM)?,
            email: parse("e-mail address", self.email, Email::parse, Email::FORM)?,
            is_admin: self.admin,
            roles: if self.role.is_empty() { GlobalRoles::default() } else { GlobalRoles::of(&self.role) },
            password,
            is_email_verified: true,
            is_founder: false,
            profile: Profile::default(),
        };
        Ok(self.care.ask(store, add).await?.0)
    }
}

fn global_role(text: &str) -> Result<GlobalRole, &'static str> {
    let known = GlobalRole::parse(text).filter(|role| *role != GlobalRole::Admin);
    known.ok_or("write user, bot, app, guest or anonymous; for an administrator there is --admin")
}

async fn read_password() -> anyhow::Result<guestlist_core::credential::PasswordHash> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("the password could not be read from standard input")?;
    // `echo` and here-documents end with a line break that nobody means to be part of the password.
    let password = Password::from_plain(text.trim_end_matches(['\r', '\n']));
    let password = password.ok_or_else(|| anyhow!("a password has 1 to {} bytes", Password::MAX_BYTES))?;
    Ok(Passwords::default().hash(password, &SystemEntropy).await?)
}

/// An account as it is printed.
#[derive(Debug, Serialize)]
struct Account {
    id: i64,
    uid: String,
    subject: String,
    username: Option<String>,
    name: Option<String>,
    emails: Vec<Address>,
    admin: bool,
    active: bool,
    created_at: String,
}

#[derive(Debug, Serialize)]
struct Address {
    email: String,
    verified: bool,
}

impl Account {
    async fn load(user: User, store: &Store) -> anyhow::Result<Self> {
        let emails = store.read().emails(user.id).await?;
        let address = |email: UserEmail| Address { email: email.email.to_string(), verified: email.is_verified };
        Ok(Self::of(user, emails.into_iter().map(address).collect()))
    }

    fn of(user: User, emails: Vec<Address>) -> Self {
        Self {
            id: user.id.get(),
            uid: user.uid.to_string(),
            active: user.is_active(),
            created_at: output::time(user.created_at),
            subject: user.subject.to_string(),
            username: user.username.map(|name| name.to_string()),
            name: user.name.map(|name| name.to_string()),
            emails,
            admin: user.is_admin,
        }
    }
}

impl Show for Account {
    const HEADINGS: &'static [&'static str] =
        &["id", "uid", "username", "name", "email", "subject", "role", "state", "created"];

    fn cells(&self) -> Vec<String> {
        let emails: Vec<&str> = self.emails.iter().map(|address| address.email.as_str()).collect();
        vec![
            self.id.to_string(),
            self.uid.clone(),
            self.username.clone().unwrap_or_default(),
            self.name.clone().unwrap_or_default(),
            emails.join(" "),
            self.subject.clone(),
            if self.admin { "admin" } else { "user" }.to_owned(),
            if self.active { "active" } else { "disabled" }.to_owned(),
            self.created_at.clone(),
        ]
    }
}
