//! guestlist's own API from the outside: `/guestlist/v1` with `Authorization: Bearer`.

mod access;
mod answering;
mod batches;
mod bodies;
mod clients;
mod groups;
mod invitations;
mod inviting;
mod limits;
mod links;
mod mail;
mod members;
mod ownership;
mod pages;
mod refusals;
mod requests;
mod support;
mod tokens;
mod users;
