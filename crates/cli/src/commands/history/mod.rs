//! `guestlist history`: what happened, as a story for people and as events for programs.

mod people;
mod story;

use anyhow::{anyhow, bail};
use guestlist_core::group::GroupRef;
use guestlist_core::history::{Event, Stream};
use guestlist_core::ids::{GroupId, UserId};
use guestlist_store::Store;
use guestlist_store::page::PageRequest;
use serde::Serialize;
use serde_json::value::RawValue;

use self::people::People;
use crate::names;
use crate::output::{self, FAINT};

/// Which history, and how much of it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A number, a uid or a slug [default: what belongs to no group: accounts, tokens, clients and refusals]
    group: Option<String>,
    /// Begin behind this event
    #[arg(long, value_name = "SEQ", default_value_t = 0, hide_default_value = true)]
    after: i64,
    /// How many events to tell at the most [default: all]
    #[arg(long, value_name = "NUMBER")]
    limit: Option<u64>,
}

pub(crate) async fn run(args: Args, store: &Store, json: bool) -> anyhow::Result<()> {
    let stream = match &args.group {
        None => Stream::Installation,
        Some(text) => Stream::Group(group(text, store).await?),
    };
    let mut people = People::new(store);
    let mut left = args.limit.unwrap_or(u64::MAX);
    let mut after = Some(args.after);
    while left > 0 && after.is_some() {
        let limit = u16::try_from(left.min(500)).unwrap_or(500);
        let page = store.read().events(stream, PageRequest { after, limit }).await?;
        left -= u64::from(limit).min(left);
        after = page.next;
        if !json {
            people.meet(page.items.iter().flat_map(story::users)).await?;
        }
        for event in &page.items {
            if json {
                output::object(&Entry::of(event)?)?;
            } else {
                output::line(&sentence(event, &mut people).await?)?;
            }
        }
    }
    Ok(())
}

/// Of a deleted group the history can still be read, by the group's number.
async fn group(text: &str, store: &Store) -> anyhow::Result<GroupId> {
    if let Some(id) = GroupId::parse(text)
        && store.read().group(GroupRef::Id(id), None).await?.is_none()
    {
        let page = PageRequest { after: None, limit: 1 };
        if store.read().events(Stream::Group(id), page).await?.items.is_empty() {
            bail!("there is no group {text:?}, nor a history of one; `guestlist group list` shows which there are");
        }
        return Ok(id);
    }
    Ok(names::group(store, text).await?.group.id)
}

/// `12  2026-11-26 09:30:00  amina invited bilal, on the command line`.
async fn sentence(event: &Event, people: &mut People<'_>) -> anyhow::Result<String> {
    let what = story::tell(event, people).await?;
    let (at, faint, plain) = (output::time(event.at), FAINT.render(), FAINT.render_reset());
    let at = story::short(&at);
    let through = story::through(event);
    Ok(format!("{faint}{:>6}  {at}{plain}  {what}{faint}{through}{plain}", event.seq))
}

/// An event as it is printed for programs.
#[derive(Debug, Serialize)]
struct Entry<'a> {
    seq: i64,
    at: String,
    kind: &'static str,
    actor: Option<i64>,
    via: &'static str,
    client: Option<&'a str>,
    request: Option<&'a str>,
    batch: Option<String>,
    thing: String,
    before: Option<&'a RawValue>,
    after: Option<&'a RawValue>,
    hash: String,
}

impl<'a> Entry<'a> {
    fn of(event: &'a Event) -> anyhow::Result<Self> {
        let record = |text: &'a Option<String>| text.as_deref().map(serde_json::from_str).transpose();
        let damaged =
            |_| anyhow!("the record of event {} is damaged; `guestlist doctor` tells what else is", event.seq);
        Ok(Self {
            seq: event.seq,
            at: output::time(event.at),
            kind: event.kind.as_str(),
            actor: event.actor.map(UserId::get),
            via: event.origin.via.as_str(),
            client: event.origin.client.as_ref().map(|client| client.as_str()),
            request: event.origin.request.as_ref().map(|request| request.as_str()),
            batch: event.batch.map(|batch| batch.to_string()),
            thing: event.thing.to_string(),
            before: record(&event.before).map_err(damaged)?,
            after: record(&event.after).map_err(damaged)?,
            hash: hex::encode(event.hash.0),
        })
    }
}
