//! `guestlist serve`: all APIs on one address.
#![expect(clippy::doc_markdown, reason = "the help of a command line is no markdown")]

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use axum::Router;
use guestlist_core::Settings;
use guestlist_http::chat_limit::ChatLimit;
use guestlist_http::greeter::Greeter;
use guestlist_http::origins::Origin;
use guestlist_http::request_limit::RequestLimit;
use guestlist_http::{App, Parts, server};
use guestlist_identity::issuer::Issuer;
use guestlist_mail::worker::Worker;
use guestlist_store::Store;
use guestlist_web::Pages;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tracing_subscriber::EnvFilter;

use crate::args::Common;
use crate::config::{Addresses, File, Switch};
use crate::issuer::IssuerArgs;
use crate::mail::{self, AtOnce, MailArgs};
use crate::sweeper;
use crate::wiring::{self, SystemClock, SystemEntropy};

/// How to serve.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    addresses: Addresses,

    #[command(flatten)]
    issuer: IssuerArgs,

    #[command(flatten)]
    mail: MailArgs,

    /// Origins whose pages may ask by Quran Foundation's APIs from a browser, separated by commas [default: none]
    #[arg(long, env = "GUESTLIST_ORIGINS", value_name = "ORIGINS", value_delimiter = ',')]
    origins: Option<Vec<String>>,

    /// Whether anybody may open an account for themselves by Rocket.Chat's API [default: off]
    #[arg(long, env = "GUESTLIST_REGISTRATION", value_name = "on|off", hide_possible_values = true)]
    registration: Option<Switch>,

    /// What to log, such as warn, info or guestlist_http=debug [default: info]
    #[arg(long, env = "GUESTLIST_LOG", value_name = "FILTER")]
    log: Option<String>,
}

pub(crate) async fn run(args: Args, common: &Common, file: &File) -> anyhow::Result<()> {
    start_log(args.log.as_deref().or(file.log.as_deref()).unwrap_or("info"), common.json)?;
    let listener = listen(args.addresses.listen(file)).await?;
    let address = listener.local_addr()?;
    let public_url = args.addresses.public_url(file)?.unwrap_or_else(|| format!("http://{address}"));
    let settings = file.settings(common)?;
    let limits = Limits::of(&settings);

    let database = file.database(common)?;
    let has_mail = settings.hold_mail.is_some();
    let store = wiring::open(&database, settings).await?;
    let worker = if has_mail {
        Some(Arc::new(args.mail.worker(file, &database, &store, public_url.clone(), mail::log).await?))
    } else {
        None
    };
    let provider = args.issuer.provider(file)?;
    let issuer: Arc<dyn Issuer> = match &provider {
        Some(provider) => Arc::new(provider.clone()),
        None => Arc::new(wiring::issuer(&store).await?),
    };
    let app = App::new(Parts {
        enforces_scopes: args.issuer.enforces_scopes(file),
        origins: origins(args.origins.as_ref().or(file.origins.as_ref()))?,
        is_registration_open: args.registration.or(file.registration) == Some(Switch::On),
        ..parts(store, public_url, issuer, limits, worker.as_ref())
    });
    let signals = Signals::listen()?;
    tracing::info!(%database, "listening on http://{address}");
    if let Some(provider) = provider {
        // Nobody waits for it, and a server whose provider is away starts all the same.
        tokio::spawn(async move {
            if let Err(fault) = provider.look().await {
                tracing::warn!("{fault}; signed tokens are good for nothing until it can");
            }
        });
    }
    serve(app, worker, listener, signals).await
}

fn origins(given: Option<&Vec<String>>) -> anyhow::Result<Arc<[Origin]>> {
    let parse = |text: &String| {
        text.parse().map_err(|form| anyhow!("the origin {text:?} is none that a browser sends; {form}"))
    };
    given.into_iter().flatten().map(parse).collect()
}

/// The signals that tell the process to stop.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Takes the signals over from the system. To be called before anybody is told that the server runs.
    pub(crate) fn listen() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("signals cannot be received");
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Serves until the process is told to stop, then finishes what was begun and closes the database. Told twice, it does
/// not wait for slow clients.
pub(crate) async fn serve(
    app: App,
    worker: Option<Arc<Worker>>,
    listener: TcpListener,
    mut signals: Signals,
) -> anyhow::Result<()> {
    let (stop, stopping) = oneshot::channel();
    let server = server::serve(listener, guestlist_http::router(app.clone(), pages(&app)?), async {
        // An error means that the sender is gone, which is as good a reason to stop.
        let _ = stopping.await;
    });
    let told_twice = async {
        signals.next().await;
        tracing::info!("stopping: requests under way are answered first");
        // These would never be.
        app.store.end_listening();
        let _ = stop.send(());
        signals.next().await;
        tracing::warn!("stopping at once");
    };
    let (end, ended) = oneshot::channel::<()>();
    let serving = async {
        tokio::select! {
            () = server => {}
            () = told_twice => {}
            never = sweeper::run(&app) => match never {},
        }
        drop(end);
    };
    let sending = async {
        if let Some(worker) = &worker {
            let ended = async {
                let _ = ended.await;
            };
            worker.run(&app.store, ended).await;
        }
    };
    tokio::join!(serving, sending);
    app.store.close();
    tracing::info!("stopped");
    Ok(())
}

/// The pages that people see.
fn pages(app: &App) -> anyhow::Result<Router> {
    Ok(guestlist_web::router(Pages {
        store: Arc::clone(&app.store),
        clock: Arc::clone(&app.clock),
        entropy: Arc::clone(&app.entropy),
        passwords: Arc::clone(&app.passwords),
        public_url: app.public_url.clone(),
    })?)
}

pub(crate) async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener.with_context(|| format!("{address} cannot be listened on; choose another address with --listen"))
}

/// How many requests may be made, unless the operator lifts all such limits.
pub(crate) struct Limits {
    requests: Option<RequestLimit>,
    chat: Option<ChatLimit>,
}

impl Limits {
    pub(crate) fn of(settings: &Settings) -> Self {
        let is_limited = settings.quotas.is_some();
        Self {
            requests: is_limited.then(|| RequestLimit::new(Arc::new(SystemClock))),
            chat: is_limited.then(|| ChatLimit::new(Arc::new(SystemClock))),
        }
    }
}

/// What a server is made of, before the operator says otherwise.
pub(crate) fn parts(
    store: Store,
    public_url: String,
    issuer: Arc<dyn Issuer>,
    limits: Limits,
    worker: Option<&Arc<Worker>>,
) -> Parts {
    Parts {
        store: Arc::new(store),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        passwords: Arc::default(),
        issuer,
        enforces_scopes: true,
        origins: Arc::default(),
        request_limit: limits.requests,
        chat_limit: limits.chat,
        greeter: worker.map(|worker| Arc::new(AtOnce(Arc::clone(worker))) as Arc<dyn Greeter>),
        is_registration_open: false,
        public_url,
    }
}

/// Logs to standard error: lines for people, or JSON.
pub(crate) fn start_log(filter: &str, json: bool) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter).with_context(|| format!("the log filter {filter:?} is not understood"))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    if json {
        log.json().flatten_event(true).init();
    } else {
        log.with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()).init();
    }
    Ok(())
}
