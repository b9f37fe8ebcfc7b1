//! One file per command.

pub(crate) mod client;
pub(crate) mod demo;
pub(crate) mod group;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod serve;
pub(crate) mod token;
pub(crate) mod user;

use anyhow::Context as _;

use crate::args::{Args, Command, Manage};
use crate::config::File;
use crate::wiring;

/// Runs the command that `args` name, to its end.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    let file = File::read(&args.common)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.context("the threads of the runtime could not be started")?;
    runtime.block_on(async {
        let command = match args.command {
            Command::Serve(serve) => return serve::run(serve, &args.common, &file).await,
            Command::Demo(demo) => return demo::run(demo, &args.common, &file).await,
            Command::Migrate(migrate) => return migrate::run(migrate, args.common.json).await,
            Command::Openapi(openapi) => return openapi::run(&openapi),
            Command::Manage(command) => command,
        };
        let database = file.database(&args.common)?;
        let settings = file.settings(&args.common)?;
        let store = match &command {
            Manage::User(user::Command::Add(_)) | Manage::Client(client::Command::Add { .. }) => {
                wiring::open(&database, settings).await?
            }
            _ => wiring::open_existing(&database, settings).await?,
        };
        let result = match command {
            Manage::User(command) => user::run(command, &store, args.common.json).await,
            Manage::Group(command) => group::run(command, &store, args.common.json).await,
            Manage::Token(command) => token::run(command, &store, args.common.json).await,
            Manage::Client(command) => client::run(command, &store, args.common.json).await,
        };
        store.close();
        result
    })
}
