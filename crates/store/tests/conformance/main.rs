//! What every engine must do, whatever stands under it. Each law is a function over a [`database::Database`] and runs
//! once for each engine, under the same name. What only one engine can show (files, their modes) is in a module of its
//! own.

#![expect(clippy::unwrap_used, reason = "a test whose own steps fail shall stop there")]

#[macro_use]
mod database;

mod accounts;
mod batches;
mod credentials;
mod directory;
mod expiry;
mod feed;
mod group_life;
mod groups;
mod history;
mod integrity;
mod invitations;
mod links;
mod members;
mod million;
mod model;
mod opening;
mod opt_outs;
mod ownership;
mod pages;
mod quotas;
mod refusals;
mod roster;
mod several;
mod terms;
mod text;
mod transfer;
mod waiting_list;
