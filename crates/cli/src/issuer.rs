//! The identity provider whose tokens are good here.

use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail, ensure};
use guestlist_identity::jwt::{Algorithm, Demands};
use guestlist_oidc::{Introspector, Provider, ProviderSettings, Url};

use crate::config::{File, Switch};

/// Where signed tokens come from.
#[derive(Debug, clap::Args)]
pub(crate) struct IssuerArgs {
    /// The identity provider whose signed tokens are good here, by its issuer; without one, guestlist's own are
    #[arg(long, env = "GUESTLIST_ISSUER", value_name = "URL")]
    issuer: Option<String>,

    /// How its tokens may be signed, separated by commas [default: RS256]
    #[arg(long, env = "GUESTLIST_ISSUER_ALGORITHMS", value_name = "NAMES", value_delimiter = ',')]
    issuer_algorithms: Option<Vec<String>>,

    /// For whom its tokens must be made, by their `aud` [default: anybody]
    #[arg(long, env = "GUESTLIST_ISSUER_AUDIENCE", value_name = "AUDIENCE")]
    issuer_audience: Option<String>,

    /// The seconds that it has to answer, 1 to 20 [default: 5]
    #[arg(long, env = "GUESTLIST_ISSUER_DEADLINE", value_name = "SECONDS")]
    issuer_deadline: Option<u64>,

    /// The seconds between two looks at its keys, 1 to 3600 [default: 5]
    #[arg(long, env = "GUESTLIST_ISSUER_PAUSE", value_name = "SECONDS")]
    issuer_pause: Option<u64>,

    /// Ask it about each token once a minute, as this client: a token that it has revoked is good no more
    #[arg(long, env = "GUESTLIST_INTROSPECTION_CLIENT", value_name = "ID")]
    introspection_client: Option<String>,

    /// The secret of that client. Better by environment or file: others may see a command line
    #[arg(long, env = "GUESTLIST_INTROSPECTION_SECRET", value_name = "SECRET", hide_env_values = true)]
    introspection_secret: Option<String>,

    /// Whether a signed token must have the scope of what it is used for by Quran Foundation's APIs [default: on]
    #[arg(long, env = "GUESTLIST_SCOPES", value_name = "on|off", hide_possible_values = true)]
    scopes: Option<Switch>,
}

impl IssuerArgs {
    /// The provider's issuer, if one is set.
    pub(crate) fn issuer<'s>(&'s self, file: &'s File) -> Option<&'s str> {
        self.issuer.as_deref().or(file.issuer.as_deref())
    }

    /// The provider, if there is one.
    pub(crate) fn provider(&self, file: &File) -> anyhow::Result<Option<Provider>> {
        let Some(issuer) = self.issuer(file) else {
            ensure!(
                self.introspection_client.as_ref().or(file.introspection_client.as_ref()).is_none(),
                "introspection_client names a client of no identity provider; set the issuer as well"
            );
            return Ok(None);
        };
        let issuer = Url::from_str(issuer).map_err(|form| anyhow!("the issuer {issuer:?} is no address; {form}"))?;
        let names = self.issuer_algorithms.as_ref().or(file.issuer_algorithms.as_ref());
        let algorithms = match names {
            Some(names) => names.iter().map(|name| algorithm(name)).collect::<anyhow::Result<_>>()?,
            None => vec![Algorithm::RS256],
        };
        ensure!(!algorithms.is_empty(), "issuer_algorithms names none; name one, or leave the setting out");
        let audience = self.issuer_audience.as_ref().or(file.issuer_audience.as_ref()).cloned();
        let deadline = seconds("issuer_deadline", self.issuer_deadline.or(file.issuer_deadline), 20)?;
        let pause = seconds("issuer_pause", self.issuer_pause.or(file.issuer_pause), 3600)?;
        let settings = ProviderSettings {
            issuer,
            demands: Demands { algorithms, audience, may_lack_scopes: !self.enforces_scopes(file) },
            introspector: self.introspector(file)?,
            deadline: deadline.unwrap_or(ProviderSettings::DEADLINE),
            pause: pause.unwrap_or(ProviderSettings::PAUSE),
        };
        Ok(Some(Provider::new(settings).context("the identity provider cannot be asked by this system")?))
    }

    fn introspector(&self, file: &File) -> anyhow::Result<Option<Introspector>> {
        let client = self.introspection_client.as_ref().or(file.introspection_client.as_ref());
        let secret = self.introspection_secret.as_ref().or(file.introspection_secret.as_ref());
        match (client, secret) {
            (Some(client), Some(secret)) => Ok(Some(Introspector { client: client.clone(), secret: secret.clone() })),
            (None, None) => Ok(None),
            (Some(_), None) => bail!("introspection needs a secret; set GUESTLIST_INTROSPECTION_SECRET"),
            (None, Some(_)) => bail!("introspection needs a client; set introspection_client"),
        }
    }

    /// Whether the scopes of tokens count.
    pub(crate) fn enforces_scopes(&self, file: &File) -> bool {
        self.scopes.or(file.scopes) != Some(Switch::Off)
    }
}

fn algorithm(name: &str) -> anyhow::Result<Algorithm> {
    Algorithm::from_str(name.trim()).map_err(|form| anyhow!("{name:?} is no algorithm to sign tokens with; {form}"))
}

fn seconds(name: &str, given: Option<u64>, max: u64) -> anyhow::Result<Option<Duration>> {
    let is_in_range = given.is_none_or(|seconds| (1..=max).contains(&seconds));
    ensure!(is_in_range, "{name} takes a number of seconds from 1 to {max}");
    Ok(given.map(Duration::from_secs))
}
