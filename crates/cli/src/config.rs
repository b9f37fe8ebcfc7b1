//! Settings, and where they come from: flags over environment (clap does both) over a file over defaults.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::{NonZeroU16, NonZeroU32};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context as _, anyhow, bail, ensure};
use clap::ValueEnum;
use guestlist_core::Settings;
use guestlist_core::settings::Quotas;
use guestlist_core::time::Lifetime;
use serde::Deserialize;

use crate::args::{Common, LISTEN_DEFAULT};
use crate::permissions::permissions;
use crate::times::lifetime;

/// The file that is read, if it exists, when none is named.
const FILE: &str = "guestlist.toml";

/// The settings of a file. A name that is not one of these is an error, not a surprise.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    database: Option<String>,
    listen: Option<SocketAddr>,
    public_url: Option<String>,
    invitation_days: Option<NonZeroU16>,
    invitation_days_max: Option<DaysMax>,
    members_max: Option<NonZeroU32>,
    rate_limits: Option<Switch>,
    permissions: Option<BTreeMap<String, Vec<String>>>,
    mail: Option<Switch>,
    mail_hold: Option<String>,
    pub(crate) smtp: Option<String>,
    pub(crate) mail_dir: Option<PathBuf>,
    pub(crate) mail_from: Option<String>,
    pub(crate) mail_reply_to: Option<String>,
    pub(crate) mail_templates: Option<PathBuf>,
    pub(crate) issuer: Option<String>,
    pub(crate) issuer_algorithms: Option<Vec<String>>,
    pub(crate) issuer_audience: Option<String>,
    pub(crate) issuer_deadline: Option<u64>,
    pub(crate) issuer_pause: Option<u64>,
    pub(crate) introspection_client: Option<String>,
    pub(crate) introspection_secret: Option<String>,
    pub(crate) scopes: Option<Switch>,
    pub(crate) origins: Option<Vec<String>>,
    pub(crate) registration: Option<Switch>,
    pub(crate) log: Option<String>,
}

impl File {
    /// Reads the file named on the command line, or the default one if there is one.
    pub(crate) fn read(common: &Common) -> anyhow::Result<Self> {
        let path = common.config.as_deref().unwrap_or(Path::new(FILE));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && common.config.is_none() => {
                return Ok(Self::default());
            }
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
        };
        // The error's own text would quote the line, which may hold a password.
        toml::from_str(&text).map_err(|error: toml::de::Error| {
            let before = error.span().map_or("", |span| &text[..span.start]);
            let number = before.matches('\n').count();
            let line = text.lines().nth(number).unwrap_or_default();
            let name = line.split_once('=').map_or("", |(name, _)| name.trim());
            let (file, line, what) = (path.display(), number + 1, error.message());
            anyhow!("{file} has a setting that cannot be used, in line {line}: {name} {what}; correct or remove it")
        })
    }

    /// Whether others should not read it: addresses of a database and of a mail server may hold passwords.
    pub(crate) fn may_hold_a_secret(&self) -> bool {
        let is_postgres = self.database.as_ref().is_some_and(|url| !url.starts_with("sqlite:"));
        is_postgres || self.smtp.is_some() || self.introspection_secret.is_some()
    }

    /// Where the data are.
    pub(crate) fn database(&self, common: &Common) -> anyhow::Result<Database> {
        let url = common.database.as_deref().or(self.database.as_deref()).unwrap_or("sqlite://guestlist.db");
        Database::parse(url)
    }

    /// How long mail waits.
    fn hold(&self, given: Option<Hold>) -> anyhow::Result<Lifetime> {
        let hold = match (given, &self.mail_hold) {
            (Some(hold), _) => hold,
            (None, Some(text)) => text.parse().context("mail_hold")?,
            (None, None) => Hold(Lifetime::from_secs(0)),
        };
        Ok(hold.0)
    }

    /// What the operator decides for the whole installation.
    pub(crate) fn settings(&self, common: &Common) -> anyhow::Result<Settings> {
        let usual = Settings::default();
        let given = &common.rules;
        let days = given.invitation_days.or(self.invitation_days);
        let days_max = given.invitation_days_max.or(self.invitation_days_max);
        let members_max = given.members_max.or(self.members_max);
        let settings = Settings {
            hold_mail: match given.mail.or(self.mail).unwrap_or(Switch::On) {
                Switch::On => Some(self.hold(given.mail_hold)?),
                Switch::Off => None,
            },
            usual_lifetime: days.map_or(usual.usual_lifetime, |days| Lifetime::from_days(days.get())),
            longest_lifetime: days_max.map_or(usual.longest_lifetime, DaysMax::lifetime),
            quotas: match given.rate_limits.or(self.rate_limits).unwrap_or(Switch::On) {
                Switch::On => Some(Quotas::default()),
                Switch::Off => None,
            },
            members_max: members_max.map(|most| most.get().into()),
            permissions: permissions(self.permissions.as_ref(), &given.permissions)?,
        };
        ensure!(
            settings.longest_lifetime.is_none_or(|longest| settings.usual_lifetime <= longest),
            "invitation_days is more than invitation_days_max allows; lower the one, or raise the other"
        );
        Ok(settings)
    }
}

/// Where a server is: the same for itself, for those who give out addresses of it, and for whoever checks the settings.
#[derive(Debug, clap::Args)]
pub(crate) struct Addresses {
    /// The address that the server listens on [default: 127.0.0.1:8080]
    #[arg(long, env = "GUESTLIST_LISTEN", value_name = "ADDRESS")]
    listen: Option<SocketAddr>,

    /// The address under which people reach the server [default: the one it listens on]
    #[arg(long, env = "GUESTLIST_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
}

impl Addresses {
    /// What the server listens on.
    pub(crate) fn listen(&self, file: &File) -> SocketAddr {
        self.listen.or(file.listen).unwrap_or(LISTEN_DEFAULT)
    }

    /// Under which people reach it, if that is said; otherwise it is what the server listens on.
    pub(crate) fn public_url(&self, file: &File) -> anyhow::Result<Option<String>> {
        self.public_url.as_deref().or(file.public_url.as_deref()).map(public_url).transpose()
    }
}

/// How long mail waits before it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hold(Lifetime);

impl FromStr for Hold {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        if text == "0" { Ok(Self(Lifetime::from_secs(0))) } else { lifetime(text).map(Self) }
    }
}

/// A number of days, or no limit to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "toml::Value")]
pub(crate) enum DaysMax {
    Days(NonZeroU16),
    None,
}

impl DaysMax {
    /// What to write, for people who wrote something else.
    const FORM: &str = "takes a number of days from 1 to 65535, or none";

    fn lifetime(self) -> Option<Lifetime> {
        match self {
            Self::Days(days) => Some(Lifetime::from_days(days.get())),
            Self::None => None,
        }
    }
}

impl FromStr for DaysMax {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text {
            "none" => Ok(Self::None),
            text => text.parse().map(Self::Days).map_err(|_| Self::FORM),
        }
    }
}

impl TryFrom<toml::Value> for DaysMax {
    type Error = &'static str;

    fn try_from(value: toml::Value) -> Result<Self, &'static str> {
        match value {
            toml::Value::Integer(days) => days.to_string().parse(),
            toml::Value::String(text) => text.parse(),
            _ => Err(Self::FORM),
        }
    }
}

/// Whether something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Switch {
    On,
    Off,
}

/// A database by its URL.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Database {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL database. The URL may hold a password.
    Postgres(String),
}

impl Database {
    /// Reads a URL.
    pub(crate) fn parse(url: &str) -> anyhow::Result<Self> {
        // The URL may hold a password, so no error repeats it.
        match url.split_once("://") {
            Some(("sqlite", "")) => bail!("the database URL names no file; write sqlite://FILE"),
            Some(("sqlite", path)) => Ok(Self::Sqlite(PathBuf::from(path))),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(url.to_owned())),
            _ => bail!("the database URL is not understood; write sqlite://FILE or postgres://USER@HOST/DATABASE"),
        }
    }
}

impl std::fmt::Display for Database {
    /// The URL without user, password and parameters.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(url) => {
                let (_, address) = url.split_once("://").unwrap_or_default();
                let address = address.split('?').next().unwrap_or_default();
                write!(f, "postgres://{}", address.rsplit('@').next().unwrap_or_default())
            }
        }
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// An address of this server for people, without slashes at its end.
fn public_url(text: &str) -> anyhow::Result<String> {
    let url = text.trim_end_matches('/');
    let has_host = ["http://", "https://"].iter().any(|scheme| url.len() > scheme.len() && url.starts_with(scheme));
    if !has_host || url.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '?' | '#' | '"' | '<')) {
        bail!("the public URL {text:?} is not an address; write for instance https://groups.example.org");
    }
    Ok(url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_url_names_a_file_relative_or_from_the_root() {
        let parse = |url| Database::parse(url).ok();
        assert_eq!(parse("sqlite://guestlist.db"), Some(Database::Sqlite("guestlist.db".into())));
        assert_eq!(parse("sqlite:///var/lib/guestlist.db"), Some(Database::Sqlite("/var/lib/guestlist.db".into())));
        assert_eq!(parse("postgresql://h/d"), Some(Database::Postgres("postgresql://h/d".to_owned())));
        for odd in ["", "guestlist.db", "sqlite://", "mysql://x"] {
            assert_eq!(parse(odd), None, "{odd}");
        }
    }

    #[test]
    fn nothing_that_is_shown_of_a_database_url_holds_its_password() {
        for url in ["postgres://user:secret@host/db?password=secret", "mysql://user:secret@host/db"] {
            assert!(!format!("{:?}", Database::parse(url)).contains("secret"));
        }
        let shown = Database::parse("postgres://user:secr@t@host:5432/db?sslmode=require").map(|url| url.to_string());
        assert_eq!(shown.ok().as_deref(), Some("postgres://host:5432/db"));
    }

    #[test]
    fn a_setting_with_a_wrong_name_is_an_error_that_names_it() {
        let error = toml::from_str::<File>("listne = \"127.0.0.1:1\"").unwrap_err().to_string();
        assert!(error.contains("listne"), "{error}");
    }

    #[test]
    fn a_public_url_is_kept_without_slashes_at_its_end() {
        assert_eq!(public_url("https://groups.example.org//").ok().as_deref(), Some("https://groups.example.org"));
        for odd in ["", "groups.example.org", "https://", "ftp://x", "https://a b", "https://x?y"] {
            assert!(public_url(odd).is_err(), "{odd}");
        }
    }
}
