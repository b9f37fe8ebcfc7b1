//! Tokens that users give out to themselves under a name, to be used like those of a login.

use guestlist_core::Refusal;
use guestlist_core::command::{IssueToken, RevokeToken};
use guestlist_core::credential::{AccessToken, Grant, PersonalToken, TokenName, TokenRef};
use guestlist_core::ids::TokenId;
use guestlist_core::permission::Permission;
use guestlist_core::policy;
use guestlist_core::user::UserRef;
use guestlist_identity::token::PlainToken;
use guestlist_store::Rejection;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Nothing, Served, Verb, success};
use super::params::{Field, Kind, Naming};
use crate::time::iso;

const NAME: Field = Field::required("tokenName", Kind::Text, "What the token is called.");
const SKIPS: Field =
    Field::optional("bypassTwoFactor", Kind::Flag, "Whether no second factor is asked for. None ever is here.");

const GENERATE: Endpoint = Endpoint {
    path: "v1/users.generatePersonalAccessToken",
    verb: Verb::Post,
    login: Login::Needed,
    naming: Naming::Nothing,
    fields: &[NAME, SKIPS],
    calls_max: CALLS_MAX,
    tag: "Login",
    summary: "Makes a token of a name",
    description: "It is shown this once, and lives until it is removed.",
    answer: success::<Made>,
};

const REGENERATE: Endpoint = Endpoint {
    path: "v1/users.regeneratePersonalAccessToken",
    fields: &[NAME],
    summary: "Replaces the token of a name",
    description: "The old one is good for nothing any more.",
    ..GENERATE
};

const REMOVE: Endpoint = Endpoint {
    path: "v1/users.removePersonalAccessToken",
    fields: &[NAME],
    summary: "Removes the token of a name",
    description: "It is good for nothing any more.",
    answer: success::<Nothing>,
    ..GENERATE
};

const LIST: Endpoint = Endpoint {
    path: "v1/users.getPersonalAccessTokens",
    verb: Verb::Get,
    login: Login::With(Permission::CreateToken),
    naming: Naming::Loose,
    fields: &[],
    summary: "Lists the caller's tokens that have a name",
    description: "Without the tokens themselves.",
    answer: success::<Tokens>,
    ..GENERATE
};

/// What ends a token is shown by.
const LAST_PART: usize = 6;

pub(super) fn served() -> [Served; 4] {
    [GENERATE.serve(generate), REGENERATE.serve(regenerate), REMOVE.serve(remove), LIST.serve(list)]
}

async fn generate(call: Call) -> Result<Answer, Answer> {
    const METHOD: &str = "personalAccessTokens:generateToken";
    require(&call, METHOD)?;
    let skips = call.params.flag("bypassTwoFactor") == Some(true);
    make(&call, name(&call)?, skips, false, METHOD).await
}

async fn regenerate(call: Call) -> Result<Answer, Answer> {
    const METHOD: &str = "personalAccessTokens:regenerateToken";
    require(&call, METHOD)?;
    let name = name(&call)?;
    let known = call.app.store.read().personal_tokens(call.caller.id).await?;
    let known = known.into_iter().filter_map(|token| token.personal).find(|personal| personal.name == name);
    let skips = known.ok_or_else(|| unknown(METHOD))?.skips_second_factor;
    make(&call, name, skips, true, METHOD).await
}

async fn make(call: &Call, name: TokenName, skips: bool, replaces: bool, method: &str) -> Result<Answer, Answer> {
    let Call { app, caller, .. } = call;
    let token = PlainToken::generate("", &*app.entropy);
    let secret = token.reveal();
    let last_part = secret.get(secret.len().saturating_sub(LAST_PART)..).unwrap_or_default().to_owned();
    let issue = IssueToken {
        by: Some(caller.id),
        // It does no more than the login that asks for it, but outlives it.
        within: Some(Grant { expires_at: None, ..caller.grant().clone() }),
        id: TokenId::generate(app.now(), &*app.entropy),
        hash: token.hash(),
        user: UserRef::Id(caller.id),
        client: caller.client().cloned(),
        scopes: None,
        lifetime: None,
        personal: Some(PersonalToken { name, last_part, skips_second_factor: skips }),
        replaces,
    };
    caller.submit(app, issue).await.map_err(|rejection| match rejection {
        Rejection::Refused(Refusal::TokenNameTaken, _) => {
            Answer::refused_by(method, "error-token-already-exists", "A token with this name already exists")
        }
        Rejection::Refused(Refusal::TokenNotFound, _) => unknown(method),
        Rejection::Refused(Refusal::NotAllowed(_), _) => not_authorized(method),
        rejection => Answer::rejected(rejection, method),
    })?;
    Ok(Answer::ok(Made { token: token.reveal().to_owned() }))
}

async fn remove(call: Call) -> Result<Answer, Answer> {
    const METHOD: &str = "personalAccessTokens:removeToken";
    require(&call, METHOD)?;
    let revoke = RevokeToken { by: Some(call.caller.id), token: TokenRef::Named(call.caller.id, name(&call)?) };
    call.caller.submit(&call.app, revoke).await.map_err(|rejection| match rejection {
        Rejection::Refused(Refusal::TokenNotFound, _) => unknown(METHOD),
        rejection => Answer::rejected(rejection, METHOD),
    })?;
    Ok(Answer::ok(Nothing {}))
}

async fn list(call: Call) -> Result<Answer, Answer> {
    let tokens = call.app.store.read().personal_tokens(call.caller.id).await?;
    Ok(Answer::ok(Tokens { tokens: tokens.iter().filter_map(Token::of).collect() }))
}

fn require(call: &Call, method: &str) -> Result<(), Answer> {
    let may = policy::has(call.app.permissions(), Permission::CreateToken, &call.caller, None);
    if may { Ok(()) } else { Err(not_authorized(method)) }
}

fn name(call: &Call) -> Result<TokenName, Answer> {
    let text = call.params.text("tokenName").unwrap_or_default();
    TokenName::parse(&text).map_err(|error| Answer::failed(&format!("The bodyParam \"tokenName\" {error}")))
}

fn unknown(method: &str) -> Answer {
    Answer::refused_by(method, "error-token-does-not-exists", "Token does not exist")
}

fn not_authorized(method: &str) -> Answer {
    Answer::refused_by(method, "not-authorized", "Not Authorized")
}

/// The secret of a token.
#[derive(Debug, Serialize, ToSchema)]
struct Made {
    token: String,
}

/// Tokens that have a name.
#[derive(Debug, Serialize, ToSchema)]
struct Tokens {
    tokens: Vec<Token>,
}

/// A token that has a name.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PersonalToken)]
struct Token {
    name: String,
    created_at: String,
    /// The end of the secret, by which people recognise it.
    last_token_part: String,
    bypass_two_factor: bool,
}

impl Token {
    fn of(token: &AccessToken) -> Option<Self> {
        let personal = token.personal.as_ref()?;
        Some(Self {
            name: personal.name.to_string(),
            created_at: iso(token.created_at),
            last_token_part: personal.last_part.clone(),
            bypass_two_factor: personal.skips_second_factor,
        })
    }
}
