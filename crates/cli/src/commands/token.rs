//! `guestlist token`: access tokens.

use anyhow::{anyhow, bail};
use clap::Subcommand;
use guestlist_core::command::{IssueToken, RevokeToken};
use guestlist_core::credential::{AccessToken, ClientId, Scopes, TokenRef};
use guestlist_core::ids::{TokenId, uuid_v4};
use guestlist_core::policy;
use guestlist_core::ports::Clock as _;
use guestlist_core::time::Lifetime;
use guestlist_core::user::UserRef;
use guestlist_identity::jwt::AccessClaims;
use guestlist_identity::person::Person;
use guestlist_identity::token::PlainToken;
use guestlist_store::Store;
use guestlist_store::page::PageRequest;
use serde::Serialize;

use crate::acting::Care;
use crate::names;
use crate::output::{self, Listing, Show};
use crate::refusal::sentence;
use crate::times::Span;
use crate::wiring::{self, SystemClock, SystemEntropy};

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Give out a token, and print it alone: it is not shown again
    Issue(Issue),
    /// List the good tokens of a user, without the secrets in them
    List {
        /// A number, a uid, a username or an e-mail address
        #[arg(long)]
        user: String,
    },
    /// End a token
    Revoke {
        /// The token's id, as `token list` shows it
        id: String,
        #[command(flatten)]
        care: Care,
    },
}

/// A new token.
#[derive(Debug, clap::Args)]
pub(crate) struct Issue {
    /// Whom it stands for: a number, a uid, a username or an e-mail address
    #[arg(long)]
    user: String,
    /// The client it is for
    #[arg(long)]
    client: Option<String>,
    /// What it may be used for, separated by blanks [default: all that the client may; everything without a client]
    #[arg(long)]
    scopes: Option<String>,
    /// How long it lives, such as 30d, 12h, 15m or 90s; or `never`, to live until revoked [default: 30d; 1h with --jwt]
    #[arg(long, value_parser = Span::parse)]
    ttl: Option<Span>,
    /// Sign a JSON Web Token, as the gateway API takes it; it cannot be revoked
    #[arg(long, requires = "client", conflicts_with = "dry_run")]
    jwt: bool,
    #[command(flatten)]
    care: Care,
}

pub(crate) async fn run(command: Command, store: &Store, json: bool) -> anyhow::Result<()> {
    match command {
        Command::Issue(issue) => {
            // A secret that opens nothing would only be mistaken for one that does.
            let Some(token) = issue.run(store).await? else { return Ok(()) };
            if json { output::line(&serde_json::json!({ "token": token }).to_string()) } else { output::line(&token) }
        }
        Command::List { user } => list(&user, store, json).await,
        Command::Revoke { id, care } => {
            let id = TokenId::parse(&id).ok_or_else(|| anyhow!("{id:?} is no token id; `token list` shows ids"))?;
            let revoked = care.ask(store, RevokeToken { by: None, token: TokenRef::Id(id) }).await?;
            output::one(&Entry::of(&revoked.0), json)
        }
    }
}

async fn list(user: &str, store: &Store, json: bool) -> anyhow::Result<()> {
    let user = names::user(store, user).await?.id;
    let mut listing = Listing::new::<Entry>(json);
    let mut after = None;
    loop {
        let page = store.read().tokens_of(user, SystemClock.now(), PageRequest { after, limit: 500 }).await?;
        page.items.iter().try_for_each(|token| listing.add(&Entry::of(token)))?;
        after = page.next;
        if after.is_none() {
            return listing.finish();
        }
    }
}

impl Issue {
    /// The token; nothing of a rehearsal.
    async fn run(self, store: &Store) -> anyhow::Result<Option<String>> {
        let user = names::user(store, &self.user).await?;
        let client = self.client.as_deref().map(ClientId::parse).transpose();
        let client = client.map_err(|error| anyhow!("the client id {error}; {}", ClientId::FORM))?;
        let scopes = self.scopes.as_deref().map(Scopes::parse).transpose();
        let scopes = scopes.map_err(|error| anyhow!("one of the scopes {error}; {}", Scopes::FORM))?;
        let (Some(client), true) = (&client, self.jwt) else {
            let token = PlainToken::generate(PlainToken::PREFIX, &SystemEntropy);
            let issue = IssueToken {
                by: None,
                within: None,
                id: TokenId::generate(SystemClock.now(), &SystemEntropy),
                hash: token.hash(),
                user: UserRef::Id(user.id),
                client,
                scopes,
                lifetime: match self.ttl.unwrap_or(Span::For(Lifetime::from_days(30))) {
                    Span::For(lifetime) => Some(lifetime),
                    Span::Never => None,
                },
                personal: None,
                replaces: false,
            };
            self.care.ask(store, issue).await?;
            return Ok((!self.care.dry_run).then(|| token.reveal().to_owned()));
        };

        let registered = store.read().client(client.clone()).await?;
        let registered = registered.ok_or_else(|| anyhow!("there is no client {client}; make it with `client add`"))?;
        let scopes = policy::grant(&user, Some(&registered), None, scopes.as_ref());
        let scopes = scopes.map_err(|refusal| anyhow!(sentence(refusal)))?;
        let Span::For(lifetime) = self.ttl.unwrap_or(Span::For(Lifetime::from_secs(3600))) else {
            bail!("a signed token cannot be revoked, so it has to expire; give a --ttl");
        };
        let issued_at = SystemClock.now();
        let (subject, client, expires_at) = (user.subject, client.clone(), issued_at + lifetime);
        let claims =
            AccessClaims { subject: Some(subject), client, scopes, issued_at, expires_at, person: Person::default() };
        let jti = uuid_v4(&SystemEntropy).to_string();
        Ok(Some(wiring::issuer(store).await?.issue(&claims, jti)?))
    }
}

/// A token as it is printed.
#[derive(Debug, Serialize)]
struct Entry {
    id: String,
    client: Option<String>,
    scopes: String,
    created_at: String,
    expires_at: Option<String>,
    revoked_at: Option<String>,
}

impl Entry {
    fn of(token: &AccessToken) -> Self {
        Self {
            id: token.id.to_string(),
            client: token.client.as_ref().map(ToString::to_string),
            scopes: token.scopes.to_string(),
            created_at: output::time(token.created_at),
            expires_at: token.expires_at.map(output::time),
            revoked_at: token.revoked_at.map(output::time),
        }
    }
}

impl Show for Entry {
    const HEADINGS: &'static [&'static str] = &["id", "client", "scopes", "created", "expires", "revoked"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.client.clone().unwrap_or_default(),
            self.scopes.clone(),
            self.created_at.clone(),
            self.expires_at.clone().unwrap_or_else(|| "never".to_owned()),
            self.revoked_at.clone().unwrap_or_default(),
        ]
    }
}
