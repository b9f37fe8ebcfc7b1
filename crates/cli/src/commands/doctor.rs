//! `guestlist doctor`: what is wrong, and what to do about it.

use std::path::Path;

use anyhow::bail;
use guestlist_core::history::Stream;
use guestlist_store::page::PageRequest;
use guestlist_store::{Store, chain};
use serde::Serialize;

use crate::args::Common;
use crate::config::{Addresses, Database, File};
use crate::issuer::IssuerArgs;
use crate::output::{self, GOOD, Listing, Show};
use crate::wiring;

/// The settings of the server, as `serve` takes them.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    addresses: Addresses,

    #[command(flatten)]
    issuer: IssuerArgs,
}

/// Checks everything, prints what was looked at and what was found, and fails if something was.
pub(crate) async fn run(args: &Args, common: &Common) -> anyhow::Result<()> {
    let mut doctor = Doctor { json: common.json, listing: Listing::new::<Finding>(common.json), findings: 0 };
    doctor.check(args, common).await?;
    let Doctor { listing, findings, json } = doctor;
    listing.finish()?;
    match findings {
        0 => Ok(()),
        _ if json => bail!("findings: {findings}; each says what to do"),
        _ => bail!("findings: {findings}; do what is said beside each, and run it again"),
    }
}

struct Doctor {
    json: bool,
    listing: Listing,
    findings: usize,
}

/// What a check has looked at.
type Check = &'static str;

const SETTINGS: Check = "settings";
const ISSUER: Check = "issuer";
const DATABASE: Check = "database";
const MIGRATIONS: Check = "migrations";
const INTEGRITY: Check = "integrity";
const HISTORY: Check = "history";

impl Doctor {
    async fn check(&mut self, args: &Args, common: &Common) -> anyhow::Result<()> {
        let file = match File::read(common) {
            Ok(file) => file,
            Err(error) => return self.find(SETTINGS, &format!("{error:#}"), "correct the file of settings"),
        };
        let before = self.findings;
        self.settings(&args.addresses, common, &file)?;
        let database = match (file.database(common), file.settings(common)) {
            (Ok(database), Ok(_)) => database,
            (Err(error), _) | (_, Err(error)) => {
                return self.find(SETTINGS, &format!("{error:#}"), "correct it where it is set");
            }
        };
        self.files(common, &file, &database)?;
        self.conclude(SETTINGS, before, "they can be used");
        self.issuer(&args.issuer, &file).await?;

        let store = match wiring::open_existing(&database, file.settings(common)?).await {
            Ok(store) => store,
            Err(error) => {
                return self.find(DATABASE, &format!("{error:#}"), "nothing else could be checked without it");
            }
        };
        self.say(DATABASE, &format!("{database} is open"));
        // Opening compares the tables' versions with those of this binary, and their checksums.
        self.say(MIGRATIONS, "all are applied, and none was changed since");
        let checked = async {
            self.integrity(&store).await?;
            self.history(&store).await
        };
        let checked = checked.await;
        store.close();
        checked
    }

    /// What can be used, but hardly is what somebody wants.
    fn settings(&mut self, addresses: &Addresses, common: &Common, file: &File) -> anyhow::Result<()> {
        match addresses.public_url(file) {
            Err(error) => self.find(SETTINGS, &format!("{error:#}"), "correct public_url")?,
            Ok(Some(url)) if url.starts_with("http://") && !is_local(&url) => {
                let what =
                    "the public URL begins with http://, so tokens and invitations go over the network for all to read";
                self.find(SETTINGS, what, "put a proxy with TLS before the server, and give its https:// address")?;
            }
            Ok(None) if addresses.listen(file).ip().is_unspecified() => {
                let what = "the server listens on all addresses, and links to it would name none that people can reach";
                self.find(SETTINGS, what, "set public_url to the address under which people reach it")?;
            }
            Ok(_) => {}
        }
        let is_unlimited = file.settings(common).is_ok_and(|settings| settings.quotas.is_none());
        if is_unlimited {
            let what = "the number of invitations is not limited, which is for imports and benchmarks";
            self.find(SETTINGS, what, "remove rate_limits = \"off\" once the import is done")?;
        }
        Ok(())
    }

    /// Whether the identity provider, if there is one, has keys that sign.
    async fn issuer(&mut self, args: &IssuerArgs, file: &File) -> anyhow::Result<()> {
        let provider = match args.provider(file) {
            Ok(provider) => provider,
            Err(error) => return self.find(ISSUER, &format!("{error:#}"), "correct it where it is set"),
        };
        let Some(provider) = provider else { return Ok(()) };
        if args.issuer(file).is_some_and(|issuer| issuer.starts_with("http://") && !is_local(issuer)) {
            let what = "the identity provider is asked over http://, so whoever is in between can sign in as anybody";
            self.find(ISSUER, what, "give its https:// address")?;
        }
        match provider.look().await {
            Ok(()) => self.say(ISSUER, "the identity provider answers, and has keys"),
            Err(fault) => {
                let advice =
                    "open its /.well-known/openid-configuration from this machine, and what jwks_uri says there";
                self.find(ISSUER, &fault.to_string(), advice)?;
            }
        }
        Ok(())
    }

    /// Who else on this machine can read what is secret.
    fn files(&mut self, common: &Common, file: &File, database: &Database) -> anyhow::Result<()> {
        let settings = common.config.as_deref().unwrap_or(Path::new("guestlist.toml"));
        let data = match database {
            Database::Sqlite(path) => Some(path.as_path()),
            Database::Postgres(_) => None,
        };
        let settings = Some(settings).filter(|_| file.may_hold_a_secret());
        for secret in data.into_iter().chain(settings).filter(|path| others_may_read(path)) {
            let file = secret.display();
            let what = format!("{file} can be read by others on this machine");
            self.find(SETTINGS, &what, &format!("chmod 600 {file}"))?;
        }
        Ok(())
    }

    async fn integrity(&mut self, store: &Store) -> anyhow::Result<()> {
        let before = self.findings;
        match store.read().integrity().await {
            Ok(wrong) => {
                for what in wrong {
                    let advice =
                        "stop the servers and restore the last good backup, or mend it with the database's own tools";
                    self.find(INTEGRITY, &what, advice)?;
                }
            }
            Err(error) => {
                self.find(INTEGRITY, &chain(&error), "see whether others use the database, and run it again")?;
            }
        }
        self.conclude(INTEGRITY, before, "tables and indexes are sound");
        Ok(())
    }

    async fn history(&mut self, store: &Store) -> anyhow::Result<()> {
        let before = self.findings;
        let mut histories = 0;
        let mut after = None;
        loop {
            let page = store.read().streams(PageRequest { after, limit: 500 }).await?;
            for stream in page.items {
                histories += 1;
                self.audit(store, stream).await?;
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        self.conclude(HISTORY, before, &format!("{histories} of them tell exactly what is stored"));
        Ok(())
    }

    async fn audit(&mut self, store: &Store, stream: Stream) -> anyhow::Result<()> {
        let of = match stream {
            Stream::Installation => "the installation".to_owned(),
            Stream::Group(id) => format!("group {id}"),
        };
        match store.read().audit(stream).await {
            Ok(found) => {
                for finding in found {
                    let advice = "somebody wrote to the database behind guestlist's back: find out who, and restore what they \
                                  changed from a backup";
                    self.find(HISTORY, &format!("{of}: {finding}"), advice)?;
                }
                Ok(())
            }
            Err(error) => {
                self.find(HISTORY, &format!("{of} cannot be read: {}", chain(&error)), "correct or restore that value")
            }
        }
    }

    fn find(&mut self, check: Check, what: &str, advice: &str) -> anyhow::Result<()> {
        self.findings += 1;
        self.listing.add(&Finding { check, found: what.to_owned(), advice: advice.to_owned() })
    }

    /// Says that a check found nothing, unless it did.
    fn conclude(&self, check: Check, before: usize, fine: &str) {
        if self.findings == before {
            self.say(check, fine);
        }
    }

    fn say(&self, check: Check, fine: &str) {
        if !self.json {
            output::note(&format!("{}ok{} {check}: {fine}", GOOD.render(), GOOD.render_reset()));
        }
    }
}

fn is_local(url: &str) -> bool {
    let host = url.trim_start_matches("http://");
    ["127.", "localhost", "[::1]"].iter().any(|local| host.starts_with(local))
}

#[cfg(unix)]
fn others_may_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn others_may_read(_: &Path) -> bool {
    false
}

/// Something that is wrong, as it is printed.
#[derive(Debug, Serialize)]
struct Finding {
    check: Check,
    found: String,
    advice: String,
}

impl Show for Finding {
    const HEADINGS: &'static [&'static str] = &["check", "found", "what to do"];

    fn cells(&self) -> Vec<String> {
        vec![self.check.to_owned(), self.found.clone(), self.advice.clone()]
    }
}
