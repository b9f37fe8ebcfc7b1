//! How mail is sent: settings, and what is made of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use futures_util::future::BoxFuture;
use guestlist_core::names::Email;
use guestlist_core::user::User;
use guestlist_http::greeter::Greeter;
use guestlist_mail::Transport;
use guestlist_mail::folder::Folder;
use guestlist_mail::message::Sender;
use guestlist_mail::render::Templates;
use guestlist_mail::smtp::{Deadlines, Smtp, SmtpUrl};
use guestlist_mail::worker::{AT_ONCE, Sent, Worker};
use guestlist_store::{Store, chain};

use crate::config::{Database, File};
use crate::wiring::{SystemClock, SystemEntropy};

/// How a server sends mail.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Mail")]
pub(crate) struct MailArgs {
    /// The mail server: smtp://USER:PASSWORD@HOST:PORT, or smtps://…; without it, mail is written to a folder
    #[arg(long, env = "GUESTLIST_SMTP", value_name = "URL", hide_env_values = true)]
    smtp: Option<String>,

    /// The folder that mail is written to, one .eml file each, while there is no mail server [default: mail, beside the
    /// database]
    #[arg(long, env = "GUESTLIST_MAIL_DIR", value_name = "FOLDER")]
    mail_dir: Option<PathBuf>,

    /// Who sends, such as "Circles <invitations@example.org>" [default: guestlist, at the host of the public URL]
    #[arg(long, env = "GUESTLIST_MAIL_FROM", value_name = "MAILBOX")]
    mail_from: Option<String>,

    /// Where answers to mail go, if not to whoever sends
    #[arg(long, env = "GUESTLIST_MAIL_REPLY_TO", value_name = "MAILBOX")]
    mail_reply_to: Option<String>,

    /// A folder of templates to use in the place of guestlist's own
    #[arg(long, env = "GUESTLIST_MAIL_TEMPLATES", value_name = "FOLDER")]
    mail_templates: Option<PathBuf>,
}

impl MailArgs {
    /// Whoever sends what waits in the store. `told` hears of every mail that left.
    pub(crate) async fn worker(
        &self,
        file: &File,
        database: &Database,
        store: &Store,
        public_url: String,
        told: impl Fn(&Sent<'_>) + Send + Sync + 'static,
    ) -> anyhow::Result<Worker> {
        let from = self.mail_from.clone().or_else(|| file.mail_from.clone()).unwrap_or_else(|| from(&public_url));
        let reply_to = self.mail_reply_to.as_deref().or(file.mail_reply_to.as_deref());
        let sender = Sender::new(&from, reply_to, store.read().mail_key().await?);
        let sender = sender.map_err(|error| anyhow!("the sender of mail ({from}) {error}"))?;
        let own = self.mail_templates.as_deref().or(file.mail_templates.as_deref());
        let templates = templates(own)?;
        // Rather now than when somebody should be written to. Of guestlist's own, the tests know.
        if let Some(problem) = own.and_then(|_| templates.check().into_iter().next()) {
            let (mail, language) = (problem.kind, problem.languages.first.as_str());
            let what = &problem.what;
            bail!("the mail {mail} cannot be written in {language}: {what}; `guestlist mail check` tells of all");
        }
        let transport = match self.smtp.as_deref().or(file.smtp.as_deref()) {
            Some(url) => smtp(url)?,
            None => Transport::Folder(Folder::new(self.folder(file, database))),
        };
        let installation = name(&from);
        Ok(Worker {
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            templates,
            transport,
            sender,
            installation,
            public_url,
            told: Box::new(told),
        })
    }

    fn folder(&self, file: &File, database: &Database) -> PathBuf {
        let beside = match database {
            Database::Sqlite(path) => path.parent().unwrap_or(Path::new("")),
            Database::Postgres(_) => Path::new(""),
        };
        self.mail_dir.clone().or_else(|| file.mail_dir.clone()).unwrap_or_else(|| beside.join("mail"))
    }
}

/// The templates in a folder, which has to be there, or guestlist's own.
pub(crate) fn templates(own: Option<&Path>) -> anyhow::Result<Templates> {
    match own {
        None => Ok(Templates::built_in()?),
        Some(folder) if folder.is_dir() => Ok(Templates::with_overrides(folder)?),
        Some(folder) => bail!("{} is no folder of templates; check --mail-templates", folder.display()),
    }
}

fn smtp(url: &str) -> anyhow::Result<Transport> {
    let url = SmtpUrl::parse(url)?;
    let connections = u32::try_from(AT_ONCE).unwrap_or(u32::MAX);
    let smtp = Smtp::new(&url, connections, Deadlines::default());
    Ok(Transport::Smtp(Box::new(smtp.with_context(|| format!("the mail server {url} cannot be used"))?)))
}

/// Who sends unless the operator says.
fn from(public_url: &str) -> String {
    let host = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
    let host = host.split(['/', ':', '[']).next().unwrap_or_default();
    // Mail from a number would be refused everywhere; and it is written to a folder anyway, as long as nobody says.
    let is_name = host.contains(|c: char| c.is_ascii_alphabetic()) && host.contains('.');
    format!("guestlist <invitations@{}>", if is_name { host } else { "localhost.localdomain" })
}

/// The name in a mailbox.
fn name(mailbox: &str) -> String {
    let name = mailbox.split('<').next().unwrap_or_default().trim().trim_matches('"');
    if name.is_empty() || name.contains('@') { "guestlist".to_owned() } else { name.to_owned() }
}

/// The worker as the APIs ask it to write at once.
pub(crate) struct AtOnce(pub(crate) Arc<Worker>);

impl Greeter for AtOnce {
    fn greet<'a>(&'a self, by: &'a User, to: &'a [Email]) -> BoxFuture<'a, Result<(), String>> {
        let name = by.name.as_ref().map(|name| name.as_str());
        Box::pin(async move {
            self.0.greet(name, by.language, to).await.map_err(|error| {
                tracing::warn!(error = chain(&error), "an invitation to the server did not leave");
                error.to_string()
            })
        })
    }
}

/// Says on the log where a mail was written to.
pub(crate) fn log(sent: &Sent<'_>) {
    if let Some(file) = &sent.file {
        tracing::info!(kind = sent.kind.as_str(), "mail written to {}", file.display());
    }
}
