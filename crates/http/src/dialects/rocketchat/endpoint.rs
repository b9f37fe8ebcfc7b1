//! An endpoint: what it is called, what it takes and what it answers, said once for the router, the checks before it, and
//! the document.
//!
//! Before an endpoint's own code runs, in this order, the first failure answers: who is calling, the right to call it at
//! all, its parameters, how often it is called.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};

use axum::extract::{ConnectInfo, FromRequest as _, FromRequestParts as _, RawPathParams, Request, State};
use axum::response::IntoResponse as _;
use axum::routing::{MethodRouter, delete, get, post};
use guestlist_core::Origin;
use guestlist_core::permission::Permission;
use guestlist_core::policy;
use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema as _, ToSchema};

use super::answer::{Answer, Success};
use super::body::{self, Body};
use super::caller::{self, Caller};
use super::params::{Field, Naming, Params};
use crate::App;
use crate::chat_limit::Standing;

/// How an endpoint is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    /// With parameters in the query string.
    Get,
    /// With parameters in the body.
    Post,
    /// With parameters in the path.
    Delete,
}

/// Who may call an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Login {
    /// Whoever is logged in.
    Needed,
    /// Whoever is logged in and has this right everywhere.
    With(Permission),
    /// Anybody.
    NotNeeded,
}

/// An endpoint.
pub(super) struct Endpoint {
    /// Its name below `/api`, such as `v1/groups.info`.
    pub(super) path: &'static str,
    pub(super) verb: Verb,
    pub(super) login: Login,
    pub(super) naming: Naming,
    pub(super) fields: &'static [Field],
    /// How often one address may call it in a minute.
    pub(super) calls_max: u32,
    /// Under which heading the document has it.
    pub(super) tag: &'static str,
    pub(super) summary: &'static str,
    pub(super) description: &'static str,
    pub(super) answer: AnswerSchema,
}

/// How often one address may call most endpoints in a minute.
pub(super) const CALLS_MAX: u32 = 10;

/// What an endpoint answers if all is well: the schema, and puts those that it refers to on a list.
pub(super) type AnswerSchema = fn(&mut Vec<(String, RefOr<Schema>)>) -> RefOr<Schema>;

/// The schema of a success with this content.
pub(super) fn success<T: ToSchema + Serialize>(others: &mut Vec<(String, RefOr<Schema>)>) -> RefOr<Schema> {
    T::schemas(others);
    others.push((T::name().into_owned(), T::schema()));
    Success::<T>::schema()
}

/// The schema of an answer that is just this, without a flag beside it.
pub(super) fn bare<T: ToSchema>(others: &mut Vec<(String, RefOr<Schema>)>) -> RefOr<Schema> {
    T::schemas(others);
    T::schema()
}

/// Nothing to tell.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Nothing {}

/// What an endpoint is called with, once all that comes before it has passed.
pub(super) struct Call {
    pub(super) app: App,
    pub(super) caller: Caller,
    pub(super) params: Params,
}

/// The same, where no login is needed.
pub(super) struct OpenCall {
    pub(super) app: App,
    pub(super) caller: Option<Caller>,
    pub(super) origin: Origin,
    pub(super) params: Params,
}

/// An endpoint with what serves it.
pub(super) struct Served {
    pub(super) endpoint: &'static Endpoint,
    pub(super) method: MethodRouter<App>,
}

impl Endpoint {
    /// Served by `handler`, for callers who are logged in.
    pub(super) fn serve<H, F>(&'static self, handler: H) -> Served
    where
        H: Fn(Call) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<Answer, Answer>> + Send + 'static,
    {
        self.method(move |app: App, request: Request, peer: Peer| {
            let handler = handler.clone();
            async move {
                let (parts, body) = request.into_parts();
                let caller = Caller::identify(&parts, &app).await?;
                self.admit(&app, &caller)?;
                let params = self.params(&app, Request::from_parts(parts, body)).await?;
                self.count(&app, &peer, Some(&caller))?;
                handler(Call { app, caller, params }).await
            }
        })
    }

    /// Served by `handler`, for everybody.
    pub(super) fn serve_anybody<H, F>(&'static self, handler: H) -> Served
    where
        H: Fn(OpenCall) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<Answer, Answer>> + Send + 'static,
    {
        self.method(move |app: App, request: Request, peer: Peer| {
            let handler = handler.clone();
            async move {
                let (parts, body) = request.into_parts();
                let caller = Caller::identify_if_any(&parts, &app).await?;
                let origin = caller::origin(&parts);
                let params = self.params(&app, Request::from_parts(parts, body)).await?;
                self.count(&app, &peer, caller.as_ref())?;
                handler(OpenCall { app, caller, origin, params }).await
            }
        })
    }

    fn method<H, F>(&'static self, run: H) -> Served
    where
        H: Fn(App, Request, Peer) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<Answer, Answer>> + Send + 'static,
    {
        let handler = move |State(app): State<App>, request: Request| {
            let peer = Peer::of(&request);
            let answer = run(app, request, peer.clone());
            async move {
                let mut response = answer.await.into_response();
                if let Some(standing) = peer.noted() {
                    standing.tell(&mut response);
                }
                response
            }
        };
        let method = match self.verb {
            Verb::Get => get(handler),
            Verb::Post => post(handler),
            Verb::Delete => delete(handler),
        };
        Served { endpoint: self, method }
    }

    fn admit(&self, app: &App, caller: &Caller) -> Result<(), Answer> {
        match self.login {
            Login::With(what) if !policy::has(app.permissions(), what, caller, None) => Err(Answer::not_permitted()),
            Login::With(_) | Login::Needed | Login::NotNeeded => Ok(()),
        }
    }

    /// Counts the call, unless the caller may call as often as they like.
    fn count(&self, app: &App, peer: &Peer, caller: Option<&Caller>) -> Result<(), Answer> {
        let (Some(limit), Some(address)) = (&app.chat_limit, peer.address) else { return Ok(()) };
        let what = Permission::CallWithoutLimit;
        if caller.is_some_and(|caller| policy::has(app.permissions(), what, caller, None)) {
            return Ok(());
        }
        // A path has one verb, but for one that is harmless.
        let standing = limit.count(address, self.path, self.calls_max);
        peer.note(standing);
        standing.wait_secs.map_or(Ok(()), |secs| Err(Answer::called_too_often(secs)))
    }

    async fn params(&self, app: &App, request: Request) -> Result<Params, Answer> {
        match self.verb {
            Verb::Get => {
                let params = body::query(request.uri()).with_lists(self.fields);
                params.check(self.naming, self.fields).map_err(|told| Answer::invalid_query(&told))?;
                Ok(params)
            }
            Verb::Post => {
                let Body(params) = Body::from_request(request, app).await?;
                params.check(self.naming, self.fields).map_err(|told| Answer::invalid_body(&told))?;
                Ok(params)
            }
            Verb::Delete => {
                let (mut parts, _) = request.into_parts();
                let mut params = Params::default();
                if let Ok(path) = RawPathParams::from_request_parts(&mut parts, app).await {
                    for (name, value) in &path {
                        params.insert(name, value.to_owned());
                    }
                }
                Ok(params)
            }
        }
    }
}

/// Who is at the other end of the connection, and how they stand to the limit.
#[derive(Clone)]
struct Peer {
    address: Option<IpAddr>,
    standing: Arc<OnceLock<Standing>>,
}

impl Peer {
    fn of(request: &Request) -> Self {
        let address = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
        Self { address, standing: Arc::default() }
    }

    fn note(&self, standing: Standing) {
        let _ = self.standing.set(standing);
    }

    fn noted(&self) -> Option<Standing> {
        self.standing.get().copied()
    }
}
