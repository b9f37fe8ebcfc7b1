//! `GET /events/stream` and `GET /groups/{group}/events/stream`: what happens, as it happens, in the form of server-sent
//! events (the HTML standard, 9.2).
//!
//! A stream is answered for as long as its reader may read it: who they are and what they may see is looked at again
//! when an event touches it, and at intervals.

use std::time::Duration;

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use guestlist_core::Timestamp;
use guestlist_core::history::{EventKind, Stream, Viewer};
use guestlist_core::ids::UserId;
use guestlist_core::time::Lifetime;
use guestlist_core::user::User;
use guestlist_store::Refuser;
use guestlist_store::feed::{Cursor, Gone, Listener, Told};
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{Object, Type};

use super::caller::Caller;
use super::event::EventBody;
use super::group;
use super::problem::Problem;
use super::scope::EventsRead;
use crate::App;
use crate::path::Segment;
use crate::stream_limit::Seat;

/// How often to look whether the reader may still read.
const CHECK_EVERY: Duration = Duration::from_secs(30);

/// The same by the clock that tokens expire by.
const CHECK_AFTER: Lifetime = Lifetime::from_secs(30);

/// How often something is sent when nothing happens, so that no proxy takes the connection for dead.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// How long a client is asked to wait before it comes back.
const COME_BACK_AFTER: Duration = Duration::from_secs(1);

/// When those who read as many streams as one may are told to try again: nobody knows when one of them ends.
const TRY_AGAIN_AFTER: Lifetime = Lifetime::from_secs(30);

/// Where to begin. Browsers send it when they come back.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The same for programs without such a header. The header goes first: it is the later word.
const AFTER: &str = "after";

/// Asks proxies that keep answers back until they are whole (nginx) not to.
const NO_BUFFERING: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

/// Everything that the caller may see, as it happens.
///
/// Server-sent events: `id` is where to go on, `event` what happened, `data` an `Event`.
#[utoipa::path(
    get,
    path = "/events/stream",
    operation_id = "stream_events",
    tag = "Events",
    security(("bearer" = ["guestlist.events.read"])),
    params(Place),
    responses(
        (status = 200, description = "A stream that does not end by itself.", body = String,
         content_type = "text/event-stream"),
        (status = 422, description = "The place to begin cannot be read, or is beyond the last event."),
    )
)]
pub(super) async fn of_all(caller: Caller<EventsRead>, app: State<App>, parts: Parts) -> Result<Response, Problem> {
    begin(app.0, caller.id, parts, None).await
}

/// What the caller may see of one group, as it happens.
///
/// Server-sent events: `id` is where to go on, `event` what happened, `data` an `Event`.
#[utoipa::path(
    get,
    path = "/groups/{group}/events/stream",
    operation_id = "stream_group_events",
    tag = "Events",
    security(("bearer" = ["guestlist.events.read"])),
    params(("group" = String, Path, description = "The group's number, uid or slug."), Place),
    responses(
        (status = 200, description = "A stream that does not end by itself.", body = String,
         content_type = "text/event-stream"),
        (status = 404, description = "There is no such group, or you may not see it."),
        (status = 422, description = "The place to begin cannot be read, or is none of this group."),
    )
)]
pub(super) async fn of_group(
    caller: Caller<EventsRead>,
    app: State<App>,
    Segment(name): Segment,
    parts: Parts,
) -> Result<Response, Problem> {
    begin(app.0, caller.id, parts, Some(name)).await
}

async fn begin(app: App, user: UserId, parts: Parts, group: Option<String>) -> Result<Response, Problem> {
    let seat = match &app.request_limit {
        Some(limit) => {
            let seat = limit.streams.take(user);
            Some(seat.ok_or_else(|| Problem::TooManyRequests(app.now() + TRY_AGAIN_AFTER))?)
        }
        None => None,
    };
    let reader = Reader::look(&app, &parts, group.as_deref()).await?;
    let (after, wrong) = place(&parts)?;
    let events = app.store.listen(reader.of, after).await?.ok_or(wrong)?;
    let greeting = Event::default().retry(COME_BACK_AFTER).id(events.cursor().to_string()).comment("listening");
    let watch = Watch { app, parts, group, reader, events, sent_away: None, _seat: seat };

    let events = stream::unfold(Next::Greet(Box::new(watch), greeting), |next| async {
        match next {
            Next::Greet(watch, greeting) => Some((Ok::<_, axum::Error>(greeting), Next::Hear(watch))),
            Next::Hear(mut watch) => match watch.next().await {
                Ok(event) => Some((event, Next::Hear(watch))),
                Err(why) => Some((Ok(Event::default().comment(why)), Next::End)),
            },
            Next::End => None,
        }
    });
    let events = Sse::new(events).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE));
    Ok(([(CACHE_CONTROL, HeaderValue::from_static("no-store")), NO_BUFFERING], events).into_response())
}

/// The parameters that say where to begin.
struct Place;

impl IntoParams for Place {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = |name: &str, place: ParameterIn, description: &str| {
            ParameterBuilder::new()
                .name(name)
                .parameter_in(place)
                .description(Some(description))
                .schema(Some(Object::with_type(Type::String)))
                .required(Required::False)
                .build()
        };
        vec![
            parameter(
                "Last-Event-ID",
                ParameterIn::Header,
                "The `id` of the last event seen; without it, from now on.",
            ),
            parameter(AFTER, ParameterIn::Query, "The same, for clients that cannot send the header."),
        ]
    }
}

/// The cursor that the request names, if it does, and what to say should it be none.
fn place(parts: &Parts) -> Result<(Option<Cursor>, Problem), Problem> {
    let (text, wrong) = match parts.headers.get(LAST_EVENT_ID) {
        Some(value) => {
            let wrong =
                Problem::InvalidHeader("Last-Event-ID", "send the `id` of an event of this stream, or leave it out");
            (Some(value.to_str().unwrap_or_default().to_owned()), wrong)
        }
        None => {
            let query = parts.uri.query().unwrap_or_default();
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            (pairs.find(|(key, _)| key == AFTER).map(|(_, value)| value.into_owned()), Problem::InvalidParameter(AFTER))
        }
    };
    match text.as_deref().map(str::parse) {
        None => Ok((None, wrong)),
        Some(Ok(cursor)) => Ok((Some(cursor), wrong)),
        Some(Err(_)) => Err(wrong),
    }
}

/// What a stream does next.
enum Next {
    Greet(Box<Watch>, Event),
    Hear(Box<Watch>),
    End,
}

/// A stream under way.
struct Watch {
    app: App,
    /// The request, by which the reader shows time and again who they are.
    parts: Parts,
    /// The group that the request names.
    group: Option<String>,
    reader: Reader,
    events: Listener,
    /// Why this is the end, once it is.
    sent_away: Option<&'static str>,
    /// One of those that the reader may have at once.
    _seat: Option<Seat>,
}

/// Who reads, as far as it is known.
struct Reader {
    viewer: Viewer,
    /// Of which history; of all if absent.
    of: Option<Stream>,
    /// When it was looked at.
    at: Timestamp,
    /// The last event before that: no older one can change it.
    as_of: Cursor,
}

impl Reader {
    /// Who presents the request, if they may read what it asks for.
    async fn look(app: &App, parts: &Parts, name: Option<&str>) -> Result<Self, Problem> {
        let caller = Caller::<EventsRead>::behind(parts, app).await?;
        let (at, read) = (app.now(), app.store.read());
        let as_of = read.last_cursor(None).await?;
        let of = match name {
            Some(name) => Some(Stream::Group(group::find(app, &caller, name).await?.group.id)),
            None => None,
        };
        let viewer = viewer(app, &caller).await?;
        Ok(Self { viewer, of, at, as_of })
    }
}

/// What the caller may see of what happens.
pub(super) async fn viewer(app: &App, user: &User) -> Result<Viewer, Problem> {
    let read = app.store.read();
    let emails = read.emails(user.id).await?;
    let verified = emails.into_iter().filter(|email| email.is_verified).map(|email| email.email.key().clone());
    let memberships = read.memberships_of(user.id).await?;
    let refused = read.opt_outs(Refuser::User(user.id)).await?;
    let refused = refused.into_iter().map(|opt_out| opt_out.from);
    Ok(Viewer::new(*app.permissions(), user.clone(), verified, memberships, refused))
}

impl Watch {
    /// Waits for the next event that the reader may see; or for the end, and says why.
    async fn next(&mut self) -> Result<Result<Event, axum::Error>, &'static str> {
        if let Some(why) = self.sent_away {
            return Err(why);
        }
        loop {
            let told = match tokio::time::timeout(CHECK_EVERY, self.events.next()).await {
                Ok(Ok(told)) => told,
                Ok(Err(gone)) => return Err(farewell(&gone)),
                Err(_) => {
                    self.look_again().await?;
                    continue;
                }
            };
            // Whoever belonged to a group hears that it is deleted, and nothing of it behind that.
            let last_word = (told.event.kind == EventKind::GroupDeleted).then(|| self.show(&told)).flatten();
            let is_touched = told.cursor > self.reader.as_of && self.reader.viewer.is_touched_by(&told.event);
            if is_touched || self.app.now() >= self.reader.at + CHECK_AFTER {
                let looked = self.look_again().await;
                // Whoever may not read any more is told why: that is an event, too, and about themselves.
                self.sent_away = looked.err();
                if let (Some(why), false) = (self.sent_away, is_touched) {
                    return Err(why);
                }
            }
            if let Some(event) = self.show(&told).or(last_word) {
                return Ok(event);
            }
            if let Some(why) = self.sent_away {
                return Err(why);
            }
        }
    }

    fn show(&self, told: &Told) -> Option<Result<Event, axum::Error>> {
        let body = EventBody::of(&self.reader.viewer.see(&told.event)?);
        Some(Event::default().id(told.cursor.to_string()).event(body.kind()).json_data(body))
    }

    async fn look_again(&mut self) -> Result<(), &'static str> {
        let looked = Reader::look(&self.app, &self.parts, self.group.as_deref()).await;
        self.reader = looked.map_err(|problem| match problem {
            Problem::Unauthenticated(_) => "the access token is not valid any more",
            Problem::InsufficientScope(_) | Problem::Refused(_) => "you may not read this any more",
            _ => "something went wrong here; come back with Last-Event-ID",
        })?;
        Ok(())
    }
}

fn farewell(gone: &Gone) -> &'static str {
    match gone {
        Gone::TooSlow => "you read too slowly; come back with Last-Event-ID",
        Gone::Closed => "the server is stopping; come back with Last-Event-ID",
        Gone::Failed(_) => "something went wrong here; come back with Last-Event-ID",
    }
}
