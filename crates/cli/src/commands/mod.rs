//! One file per command, or family of commands.

pub(crate) mod client;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod explain;
pub(crate) mod group;
pub(crate) mod history;
pub(crate) mod invitation;
pub(crate) mod invite;
pub(crate) mod link;
pub(crate) mod mail;
pub(crate) mod member;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod refusal;
pub(crate) mod request;
pub(crate) mod serve;
pub(crate) mod token;
pub(crate) mod user;

use anyhow::Context as _;

use crate::args::{Args, Command, Manage};
use crate::config::File;
use crate::wiring;

/// Runs the command that `args` name, to its end.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    let json = args.common.json;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.context("the threads of the runtime could not be started")?;
    runtime.block_on(async {
        let command = match args.command {
            Command::Completions(shell) => return completions::run(&shell),
            Command::Doctor(doctor) => return doctor::run(&doctor, &args.common).await,
            Command::Openapi(openapi) => return openapi::run(&openapi),
            Command::Migrate(migrate) => return migrate::run(migrate, json).await,
            Command::Serve(serve) => return serve::run(serve, &args.common, &File::read(&args.common)?).await,
            Command::Demo(demo) => return demo::run(demo, &args.common, &File::read(&args.common)?).await,
            Command::Explain(explain::Args { action: None, code }) => return explain::rules(code.as_deref(), json),
            Command::Explain(explain::Args { action: Some(action), .. }) => Manage::Rehearse(action),
            Command::Manage(Manage::Mail(mail::Command::Check(check))) => {
                return check.run(&File::read(&args.common)?, json);
            }
            Command::Manage(command) => command,
        };
        let file = File::read(&args.common)?;
        let database = file.database(&args.common)?;
        let settings = file.settings(&args.common)?;
        let store = match &command {
            Manage::User(user::Command::Add(add)) if !add.care.dry_run => wiring::open(&database, settings).await?,
            Manage::Client(client::Command::Add { care, .. }) if !care.dry_run => {
                wiring::open(&database, settings).await?
            }
            _ => wiring::open_existing(&database, settings).await?,
        };
        let result = match command {
            Manage::User(command) => user::run(command, &store, json).await,
            Manage::Group(command) => group::run(command, &store, json).await,
            Manage::Member(command) => member::run(command, &store, json).await,
            Manage::Members(args) => member::list(args, &store, json).await,
            Manage::Invite(args) => invite::run(*args, &store, json).await,
            Manage::Invitation(command) => invitation::run(command, &store, json).await,
            Manage::Link(command) => link::run(command, &store, &file, json).await,
            Manage::Request(command) => request::run(command, &store, json).await,
            Manage::Refusal(command) => refusal::run(command, &store, json).await,
            Manage::Mail(command) => mail::run(command, &store, &file, json).await,
            Manage::History(args) => history::run(args, &store, json).await,
            Manage::Rehearse(action) => explain::run(action, &store, json).await,
            Manage::Token(command) => token::run(command, &store, json).await,
            Manage::Client(command) => client::run(command, &store, json).await,
        };
        store.close();
        result
    })
}
