//! One file per command.

pub(crate) mod client;
pub(crate) mod demo;
pub(crate) mod group;
pub(crate) mod serve;
pub(crate) mod token;
pub(crate) mod user;

use anyhow::Context as _;
use guestlist_store::Store;

use crate::args::{Args, Command, Common};
use crate::config::File;
use crate::wiring;

/// Runs the command that `args` name, to its end.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    let file = File::read(&args.common)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.context("the threads of the runtime could not be started")?;
    runtime.block_on(async {
        match args.command {
            Command::Serve(serve) => serve::run(serve, &args.common, &file).await,
            Command::Demo(demo) => demo::run(demo, &file).await,
            Command::User(user) => {
                let store = open(&args.common, &file)?;
                finish(user::run(user, &store, args.common.json).await, &store)
            }
            Command::Group(group) => {
                let store = open(&args.common, &file)?;
                finish(group::run(group, &store, args.common.json).await, &store)
            }
            Command::Token(token) => {
                let store = open(&args.common, &file)?;
                finish(token::run(token, &store, args.common.json).await, &store)
            }
            Command::Client(client) => {
                let store = open(&args.common, &file)?;
                finish(client::run(client, &store, args.common.json).await, &store)
            }
        }
    })
}

fn open(common: &Common, file: &File) -> anyhow::Result<Store> {
    wiring::open(&file.database(common)?)
}

fn finish(result: anyhow::Result<()>, store: &Store) -> anyhow::Result<()> {
    store.close();
    result
}
