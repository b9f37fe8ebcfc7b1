//! What every write takes beside what it asks for: `?dry_run=true`, `Idempotency-Key`, `If-Match`.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use guestlist_core::command::Ask;
use guestlist_core::ids::BatchId;
use guestlist_core::version::{Expected, Version, Versioned};
use guestlist_identity::seal::RequestKey;
use guestlist_store::terms::{AnswerKey, Once, Submitted, Terms};
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use super::body;
use super::problem::Problem;
use super::reply::Reply;
use crate::authenticate::Asker;
use crate::{App, limits};

/// The key under which a request is carried out once (IETF draft-ietf-httpapi-idempotency-key-header).
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// On answers that were given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// On answers to rehearsals.
const REHEARSED: HeaderName = HeaderName::from_static("dry-run");

/// Says of an answer that it is the same each time.
pub(super) fn replayed(reply: Reply) -> Reply {
    reply.with(&REPLAYED, "true")
}

/// Whether an answer was given before.
pub(super) fn is_replay(reply: &Reply) -> bool {
    reply.has(&REPLAYED)
}

/// A request that is to change something, with its whole body.
#[derive(Clone)]
pub(super) struct Write {
    body: Bytes,
    is_json: bool,
    is_rehearsal: bool,
    key: Option<String>,
    part: usize,
    versions: Option<Versions>,
    thing: Option<Versioned>,
    hash: [u8; 32],
}

/// Among the extensions of a request: how large its body may be, in bytes, where that is otherwise than usual.
#[derive(Clone, Copy)]
pub(super) struct BodyMax(pub(super) usize);

/// What `If-Match` says (RFC 9110, 13.1.1).
#[derive(Clone)]
enum Versions {
    Any,
    OneOf(Vec<Version>),
}

impl Write {
    /// Says what the versions in `If-Match` are of.
    pub(super) fn of(self, thing: Versioned) -> Self {
        Self { thing: Some(thing), ..self }
    }

    /// The body, as what it must be.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        if self.is_json { body::parse(&self.body) } else { Err(Problem::UnsupportedMediaType) }
    }

    /// The same where the body may be left out, or be null.
    pub(super) fn read_if_any<T: DeserializeOwned + Default>(&self) -> Result<T, Problem> {
        match self.body.trim_ascii() {
            b"" | b"null" => Ok(T::default()),
            _ => self.read(),
        }
    }

    /// One part of a request that is carried out part by part. Each has a key of its own, made of that of the whole, so
    /// that the whole goes on where it broke off.
    pub(super) fn part(&self, number: usize) -> Self {
        Self { part: number, ..self.clone() }
    }

    /// Carries `ask` out under the terms of the request, and answers as `show` says of the outcome: it alone, since the
    /// answer must be the same when it is given again.
    pub(super) async fn submit<A: Ask>(
        self,
        app: &App,
        caller: &Asker,
        ask: A,
        show: impl Fn(A::Outcome) -> Reply + Send + Sync + 'static,
    ) -> Result<Response, Problem> {
        self.carry_out(app, caller, ask, show).await.map(Reply::into_response)
    }

    /// The same, for answers that are put together of several. One that was kept may be that of a refusal.
    pub(super) async fn carry_out<A: Ask>(
        self,
        app: &App,
        caller: &Asker,
        ask: A,
        show: impl Fn(A::Outcome) -> Reply + Send + Sync + 'static,
    ) -> Result<Reply, Problem> {
        let key = self.request_key(caller)?;
        let is_rehearsal = self.is_rehearsal;
        let expected = self.expected()?;
        let show = std::sync::Arc::new(show);
        let once = key.clone().filter(|_| !is_rehearsal).map(|key| {
            let (app, show) = (app.clone(), std::sync::Arc::clone(&show));
            let lookup = AnswerKey { user: key.user(), hash: key.hash() };
            // Of several parts a later one is refused for what was done in between: that may be another by itself.
            let is_first = self.part == 0;
            Once::new::<A>(lookup, self.hash, move |result| {
                let reply = match result {
                    Ok(outcome) => show(outcome),
                    Err(why) => Reply::from(Problem::from(why.clone())).passing(!is_first),
                };
                if reply.is_passing() {
                    return None;
                }
                Some(key.seal(&reply.to_bytes(), &*app.entropy).unwrap_or_default())
            })
        });
        let terms = Terms { is_rehearsal, expected, once };
        match caller.submit_under(app, terms, ask).await? {
            Submitted::Done(outcome) if is_rehearsal => Ok(show(outcome).with(&REHEARSED, "true")),
            Submitted::Done(outcome) => Ok(show(outcome)),
            Submitted::Answered { answer, is_replay } => {
                let opened = key.and_then(|key| key.open(&answer)).and_then(|answer| Reply::from_bytes(&answer));
                let reply = opened.ok_or(Problem::Internal)?;
                Ok(if is_replay { replayed(reply) } else { reply })
            }
            Submitted::ChangedMeanwhile => Err(Problem::ChangedMeanwhile),
            Submitted::KeyReused => Err(Problem::KeyReused),
        }
    }

    /// Marks an answer that was put together of several, if it is to a rehearsal.
    pub(super) fn mark(&self, reply: Reply) -> Reply {
        if self.is_rehearsal { reply.with(&REHEARSED, "true") } else { reply }
    }

    /// Under which name what the request makes can be undone together. With a key it is always the same one, so that a
    /// request which is sent again goes on with what it began; another request with that key has another.
    pub(super) fn batch(&self, app: &App, caller: &Asker) -> Result<BatchId, Problem> {
        let Some(key) = self.request_key(caller)? else { return Ok(BatchId::generate(app.now(), &*app.entropy)) };
        let hash = Sha256::new().chain_update(key.hash()).chain_update(self.hash).finalize();
        Ok(BatchId::of_hash(&hash.into()))
    }

    fn request_key(&self, caller: &Asker) -> Result<Option<RequestKey>, Problem> {
        let Some(text) = &self.key else { return Ok(None) };
        let key =
            RequestKey::parse(caller.id, text).ok_or(Problem::InvalidHeader("Idempotency-Key", RequestKey::FORM))?;
        Ok(Some(key.part(self.part)))
    }

    fn expected(&self) -> Result<Option<Expected>, Problem> {
        let Some(versions) = &self.versions else { return Ok(None) };
        let thing = self.thing.clone();
        let thing =
            thing.ok_or(Problem::InvalidHeader("If-Match", "leave it out: what this changes has no versions"))?;
        let versions = match versions {
            Versions::Any => None,
            Versions::OneOf(versions) => Some(versions.clone()),
        };
        Ok(Some(Expected { thing, versions }))
    }
}

impl FromRequest<App> for Write {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let is_rehearsal = dry_run(parts.uri.query().unwrap_or_default())?;
        let versions = versions(&parts.headers)?;
        let key = parts.headers.get(KEY).map(|key| {
            // A structured header is a text in quotation marks (RFC 9651); most clients send it without.
            let key = key.to_str().unwrap_or_default().trim();
            key.strip_prefix('"').and_then(|key| key.strip_suffix('"')).unwrap_or(key).to_owned()
        });
        let BodyMax(max) = parts.extensions.get().copied().unwrap_or(BodyMax(limits::BODY_BYTES_MAX));
        let body = limits::read_up_to(max, body).await?;
        let asked = format!("{} {}\n", parts.method, parts.uri);
        let hash = Sha256::new().chain_update(asked).chain_update(&body).finalize().into();
        let is_json = body::is_json(&parts.headers);
        Ok(Self { body, is_json, is_rehearsal, key, part: 0, versions, thing: None, hash })
    }
}

fn dry_run(query: &str) -> Result<bool, Problem> {
    let mut given = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "dry_run");
    match given.next().as_ref().map(|(_, value)| &**value) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Problem::InvalidParameter("dry_run")),
    }
}

fn versions(headers: &HeaderMap) -> Result<Option<Versions>, Problem> {
    let invalid = || Problem::InvalidHeader("If-Match", "send what `ETag` said, with its quotation marks, or *");
    let mut named = Vec::new();
    for value in headers.get_all(header::IF_MATCH) {
        for tag in value.to_str().map_err(|_| invalid())?.split(',').map(str::trim) {
            if tag == "*" {
                return Ok(Some(Versions::Any));
            }
            // A tag that is none of ours is the version of nothing here, and not a mistake; likewise a weak one, which
            // matches nothing (RFC 9110, 8.8.3.2).
            let strong = tag.strip_prefix("W/").unwrap_or(tag);
            let inner = strong.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).ok_or_else(invalid)?;
            named.push(Version::parse(inner).filter(|_| strong == tag));
        }
    }
    Ok((!named.is_empty()).then(|| Versions::OneOf(named.into_iter().flatten().collect())))
}

impl IntoParams for Write {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = |name: &str, place: ParameterIn, description: &str, schema: Object| {
            ParameterBuilder::new()
                .name(name)
                .parameter_in(place)
                .description(Some(description))
                .schema(Some(schema))
                .required(utoipa::openapi::Required::False)
                .build()
        };
        let key = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(*RequestKey::BYTES.start()))
            .max_length(Some(*RequestKey::BYTES.end()))
            .pattern(Some("^[!-~]+$"))
            .build();
        vec![
            parameter(
                "dry_run",
                ParameterIn::Query,
                "Whether to answer what would become of the request, and to change nothing.",
                Object::with_type(Type::Boolean),
            ),
            parameter(
                "Idempotency-Key",
                ParameterIn::Header,
                "Any text of your choice, such as a UUID: within 24 hours, the same request with the same key is carried \
                 out once, and answered in the same way each time.",
                key,
            ),
        ]
    }
}

/// For writes whose thing has versions.
pub(super) struct IfMatch;

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let tags = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(r#"^(\*|(W/)?"[^"]*"(, *(W/)?"[^"]*")*)$"#))
            .build();
        let parameter = ParameterBuilder::new()
            .name("If-Match")
            .parameter_in(ParameterIn::Header)
            .description(Some("The `ETag` of what you have seen: if it has changed since, nothing is done (412)."))
            .schema(Some(tags))
            .required(utoipa::openapi::Required::False)
            .build();
        vec![parameter]
    }
}
