//! A token for a name and a password, or for a token that is still good.

use guestlist_core::Origin;
use guestlist_core::command::IssueToken;
use guestlist_core::ids::TokenId;
use guestlist_core::names::{Email, Username};
use guestlist_core::time::Lifetime;
use guestlist_core::user::{User, UserRef};
use guestlist_identity::password::Password;
use guestlist_identity::token::PlainToken;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use super::answer::Answer;
use super::caller::is_good_for_this_api;
use super::endpoint::{CALLS_MAX, Endpoint, Login, OpenCall, Served, Verb, success};
use super::params::{Field, Kind, Naming, Params};
use super::wire::Me;
use crate::App;
use crate::authenticate::{self, NoCaller};
use crate::openapi::one_of;

/// How long a login lasts.
const LIFETIME: Lifetime = Lifetime::from_days(90);

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/login",
    verb: Verb::Post,
    login: Login::NotNeeded,
    naming: Naming::Unchecked,
    fields: &[
        Field::optional("user", Kind::Any, "A username, an address if it has an @, or an object with either."),
        Field::optional("username", Kind::Any, "A username, if there is no text `user`."),
        Field::optional("email", Kind::Any, "An address, if there is neither."),
        Field::optional("password", Kind::Any, "The password, or an object with its SHA-256 in hex as `digest`."),
        Field::optional("resume", Kind::Any, "A token that is still good, instead of all these."),
    ],
    calls_max: CALLS_MAX,
    tag: "Login",
    summary: "Logs in",
    description: "For 90 days. With a name and a password for a new token, or with a token that is still good.",
    answer: success::<LoggedIn>,
};

pub(super) fn served() -> Served {
    ENDPOINT.serve_anybody(handle)
}

async fn handle(call: OpenCall) -> Result<Answer, Answer> {
    let OpenCall { app, origin, params, .. } = call;
    if let Some(token) = params.get("resume").and_then(Value::as_str) {
        return resume(&app, origin, token).await;
    }
    let (Some(who), Some(password)) = (name(&params), password(&params)) else {
        return Err(Answer::login_failed());
    };
    let user = app.store.read().user(who).await?;
    let stored = match &user {
        Some(user) => app.store.read().password(user.id).await?,
        None => None,
    };
    if !app.passwords.verify(password, stored).await? {
        return Err(Answer::login_failed());
    }
    let user = user.ok_or_else(Answer::login_failed)?;
    if !user.is_active() {
        return Err(Answer::login_refused("error-user-is-not-activated", "User is not activated"));
    }
    // Before the token is made: if this fails, nobody holds a token that nobody knows of.
    let me = Me::load(&app, &user).await?;
    let token = PlainToken::generate("", &*app.entropy);
    let issue = IssueToken {
        by: None,
        within: None,
        id: TokenId::generate(app.now(), &*app.entropy),
        hash: token.hash(),
        user: UserRef::Id(user.id),
        client: None,
        scopes: None,
        lifetime: Some(LIFETIME),
        personal: None,
        replaces: false,
    };
    app.store.submit_from(&origin, issue).await.map_err(|rejection| Answer::rejected(rejection, "login"))?;
    Ok(answer(&user, token.reveal(), me))
}

async fn resume(app: &App, origin: Origin, token: &str) -> Result<Answer, Answer> {
    let caller =
        authenticate::by_opaque(app, origin, token, is_good_for_this_api).await.map_err(|reason| match reason {
            NoCaller::Unauthenticated(_) => Answer::login_failed(),
            other => other.into(),
        })?;
    Ok(answer(&caller, token, Me::load(app, &caller).await?))
}

fn answer(user: &User, token: &str, me: Me) -> Answer {
    let data = Session { user_id: user.uid.to_string(), auth_token: token.to_owned(), me };
    Answer::ok(LoggedIn { status: SUCCESS, data })
}

const SUCCESS: &str = "success";

fn done() -> RefOr<Schema> {
    one_of("What clients look at.", [SUCCESS])
}

/// A success.
#[derive(Debug, Serialize, ToSchema)]
struct LoggedIn {
    #[schema(schema_with = done)]
    status: &'static str,
    data: Session,
}

/// Who is logged in, and the token for the next requests.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Session {
    /// For the header `X-User-Id`.
    #[schema(example = "rbAXPnMktTFbNpwtJ")]
    user_id: String,
    /// For the header `X-Auth-Token`.
    auth_token: String,
    me: Me,
}

/// Whoever is named: by a text `user` (an address if it has an @), by `username`, by `email`, or by an object `user`
/// with one of the latter two; in this order. What is null or empty counts as not given.
fn name(params: &Params) -> Option<UserRef> {
    let by_username = |name: &str| Username::parse(name).ok().map(UserRef::Username);
    let by_email = |address: &str| Email::parse(address).ok().map(UserRef::Email);
    let text =
        |value: Option<&'_ Value>| value.and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let user = params.get("user");
    if let Some(user) = text(user) {
        return if user.contains('@') { by_email(&user) } else { by_username(&user) };
    }
    let within = |name| text(user.and_then(|user| user.get(name)));
    if let Some(username) = text(params.get("username")) {
        return by_username(&username);
    }
    if let Some(email) = text(params.get("email")) {
        return by_email(&email);
    }
    match (within("username"), within("email")) {
        (Some(username), _) => by_username(&username),
        (None, email) => by_email(&email?),
    }
}

/// The password, in plain text or as its SHA-256.
fn password(params: &Params) -> Option<Password> {
    match params.get("password")? {
        Value::String(plain) => Password::from_plain(plain),
        hashed if hashed.get("algorithm")? == "sha-256" => Password::from_sha256(hashed.get("digest")?.as_str()?),
        _ => None,
    }
}
