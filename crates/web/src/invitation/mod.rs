//! The page behind the link in an invitation's mail.

pub(crate) mod limit;
mod look;
mod page;

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use guestlist_core::Origin;
use guestlist_core::Refusal;
use guestlist_core::command::{
    Accept, AllowInvitations, Ask, Decline, Enrol, OfferSignIn, RefuseInvitations, SeeInvitation,
};
use guestlist_core::ids::{Uid, uuid_v4};
use guestlist_core::invitation::InvitationRef;
use guestlist_core::names::{DisplayName, Email};
use guestlist_core::opt_out::InvitationsFrom;
use guestlist_core::origin::{RequestId, Via};
use guestlist_identity::password::{HashingError, Password};
use guestlist_store::{Rejection, StoreError, chain};

use self::look::{Looked, look};
use self::page::{Entered, Writer};
use crate::guard::{body, is_foreign, is_opened_by_somebody};
use crate::{Desk, language};

/// Fewest characters of a password that is chosen here.
const PASSWORD_MIN: usize = 10;

/// What a request is about.
pub(crate) struct Visit {
    desk: Arc<Desk>,
    secret: String,
    chosen: Option<String>,
    headers: HeaderMap,
    origin: Origin,
}

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Visit
where
    Arc<Desk>: axum::extract::FromRef<S>,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        state: &S,
    ) -> Result<Self, std::convert::Infallible> {
        let desk: Arc<Desk> = axum::extract::FromRef::from_ref(state);
        let secret = Path::<String>::from_request_parts(parts, state).await;
        let query = Query::<HashMap<String, String>>::from_request_parts(parts, state).await;
        let request: Option<RequestId> = parts.extensions.get().cloned();
        Ok(Self {
            desk,
            secret: secret.map(|Path(secret)| secret).unwrap_or_default(),
            chosen: query.ok().and_then(|Query(mut query)| query.remove("lang")),
            headers: parts.headers.clone(),
            origin: Origin { request, ..Origin::of(Via::Page) },
        })
    }
}

impl Visit {
    async fn look(&self) -> Result<Looked, Response> {
        match look(&self.desk, &self.secret).await {
            Ok(Some(looked)) => Ok(looked),
            Ok(None) => Err(self.writer(None).notice(StatusCode::NOT_FOUND, "wrong", None)),
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// The same for a form, which no page of somebody else's may send.
    async fn look_for_form(&self) -> Result<Looked, Response> {
        if is_foreign(&self.headers) {
            return Err(self.writer(None).notice(StatusCode::FORBIDDEN, "busy", None));
        }
        self.look().await
    }

    fn writer(&self, looked: Option<&Looked>) -> Writer<'_> {
        let known = looked.and_then(|looked| {
            let own = looked.person.as_ref().and_then(|person| person.language);
            looked.view.invitation.language.or(own)
        });
        let fallback = looked.and_then(|looked| looked.view.group.language);
        let language = language::choose(self.chosen.as_deref(), known, &self.headers, fallback);
        Writer { desk: &self.desk, secret: &self.secret, language }
    }

    async fn submit<A: Ask>(&self, ask: A) -> Result<A::Outcome, Rejection> {
        self.desk.store.submit_from(&self.origin, ask).await
    }

    fn failed(&self, error: &StoreError) -> Response {
        tracing::error!(error = chain(error), "a page could not be shown");
        self.writer(None).notice(StatusCode::SERVICE_UNAVAILABLE, "busy", None)
    }

    /// Back to the page, which shows how things stand now.
    fn back(&self, looked: &Looked) -> Response {
        let url = self.writer(Some(looked)).url("");
        (StatusCode::SEE_OTHER, [(header::LOCATION, url)]).into_response()
    }

    /// What comes of a button. Most that can be refused is what the page shows anyway.
    fn answer<O>(&self, looked: &Looked, result: Result<O, Rejection>) -> Response {
        let writer = self.writer(Some(looked));
        match result {
            Ok(_) => self.back(looked),
            Err(Rejection::Refused(refusal, _)) => match refusal {
                Refusal::WaitingListFull | Refusal::GroupFull => {
                    writer.notice(StatusCode::CONFLICT, "full", Some(looked))
                }
                Refusal::AddressMismatch => writer.notice(StatusCode::CONFLICT, "mismatch", Some(looked)),
                Refusal::CallerDisabled | Refusal::TooManyOptOuts => {
                    writer.notice(StatusCode::CONFLICT, "busy", Some(looked))
                }
                _ => self.back(looked),
            },
            Err(Rejection::Failed(error)) => self.failed(&error),
        }
    }
}

/// Shows an invitation. Changes nothing; that somebody opened it is noted, the first time.
pub(crate) async fn show(method: Method, visit: Visit) -> Response {
    let looked = match visit.look().await {
        Ok(looked) => looked,
        Err(response) => return response,
    };
    if looked.view.invitation.seen_at.is_none() && is_opened_by_somebody(&method, &visit.headers) {
        // Of no weight: the next time will do as well.
        if let Err(error) = visit.submit(SeeInvitation { invitation: looked.hash }).await {
            tracing::debug!(?error, "that an invitation was opened is not noted");
        }
    }
    visit.writer(Some(&looked)).invitation(&looked, &Entered::default())
}

/// Says yes: with the account that the secret stands for, or with one that is opened here.
pub(crate) async fn accept(visit: Visit, form: Body) -> Response {
    let looked = match visit.look_for_form().await {
        Ok(looked) => looked,
        Err(response) => return response,
    };
    if looked.person.is_some() {
        let ask = Accept { by: None, invitation: InvitationRef::Token(looked.hash), is_secret_enough: false };
        let result = visit.submit(ask).await;
        return visit.answer(&looked, result);
    }
    let fields = fields(form).await;
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let name = DisplayName::parse(field("name").trim());
    let is_long = field("password").chars().count() >= PASSWORD_MIN;
    let password = Password::from_plain(field("password")).filter(|_| is_long);
    let (Ok(name), Some(password)) = (&name, password.clone()) else {
        let wrong = [("name", name.is_err()), ("password", password.is_none())];
        let wrong = wrong.into_iter().filter(|(_, is_wrong)| *is_wrong).map(|(field, _)| field).collect();
        let entered = Entered { name: field("name").to_owned(), wrong, ..Entered::default() };
        return visit.writer(Some(&looked)).invitation(&looked, &entered);
    };
    let desk = &visit.desk;
    let password = match desk.passwords.hash(password, &*desk.entropy).await {
        Ok(password) => password,
        Err(error @ (HashingError::Overloaded | HashingError::Broken)) => {
            tracing::warn!(%error, "an account could not be opened");
            return visit.writer(Some(&looked)).notice(StatusCode::SERVICE_UNAVAILABLE, "busy", Some(&looked));
        }
    };
    let ask = Enrol {
        invitation: looked.hash,
        uid: Uid::generate(&*desk.entropy),
        subject: uuid_v4(&*desk.entropy).into(),
        name: name.clone(),
        password,
        language: Some(visit.writer(Some(&looked)).language),
    };
    let result = visit.submit(ask).await;
    visit.answer(&looked, result)
}

/// Says no.
pub(crate) async fn decline(visit: Visit) -> Response {
    let looked = match visit.look_for_form().await {
        Ok(looked) => looked,
        Err(response) => return response,
    };
    let result = visit.submit(Decline { by: None, invitation: InvitationRef::Token(looked.hash) }).await;
    visit.answer(&looked, result)
}

/// Says no for good.
pub(crate) async fn refuse(visit: Visit, form: Body) -> Response {
    let looked = match visit.look_for_form().await {
        Ok(looked) => looked,
        Err(response) => return response,
    };
    let fields = fields(form).await;
    let from = match fields.get("from").map(String::as_str) {
        Some("group") => InvitationsFrom::Group(looked.view.group.id),
        Some("inviter") => InvitationsFrom::Inviter(looked.view.inviter.id),
        Some("everyone") => InvitationsFrom::Everyone,
        _ => return visit.back(&looked),
    };
    let result = visit.submit(refusal(&looked, from)).await;
    visit.answer(&looked, result)
}

/// Of the account, if the secret stands for one, so that it holds for all its addresses.
fn refusal(looked: &Looked, from: InvitationsFrom) -> RefuseInvitations {
    let by = looked.person.as_ref().map(|person| person.id);
    RefuseInvitations { by, invitation: Some(InvitationRef::Token(looked.hash)), from }
}

/// What a mail program sends whose user wants no more (RFC 8058). It may come from anywhere, and shows nobody anything.
pub(crate) async fn unsubscribe(visit: Visit, form: Body) -> Response {
    let looked = match visit.look().await {
        Ok(looked) => looked,
        Err(response) => return response,
    };
    let bytes = body(form).await;
    let has = |word: &[u8]| bytes.windows(word.len()).any(|part| part == word);
    if !(has(b"List-Unsubscribe") && has(b"One-Click")) {
        return visit.back(&looked);
    }
    match visit.submit(refusal(&looked, InvitationsFrom::Everyone)).await {
        Ok(_) => visit.writer(Some(&looked)).unsubscribed(),
        result => visit.answer(&looked, result),
    }
}

/// Takes all refusals back that the page tells of.
pub(crate) async fn allow(visit: Visit) -> Response {
    let looked = match visit.look_for_form().await {
        Ok(looked) => looked,
        Err(response) => return response,
    };
    let by = looked.person.as_ref().map(|person| person.id);
    for opt_out in &looked.refused {
        let invitation = Some(InvitationRef::Token(looked.hash));
        let result = visit.submit(AllowInvitations { by, invitation, from: opt_out.from }).await;
        if result.is_err() {
            return visit.answer(&looked, result);
        }
    }
    visit.back(&looked)
}

/// Has a link mailed by which the invitation can be accepted with another account.
pub(crate) async fn sign_in(visit: Visit, form: Body) -> Response {
    let looked = match visit.look_for_form().await {
        Ok(looked) => looked,
        Err(response) => return response,
    };
    let fields = fields(form).await;
    let entered = fields.get("address").map(|address| address.trim().to_owned()).unwrap_or_default();
    let writer = visit.writer(Some(&looked));
    let Ok(address) = Email::parse(&entered) else {
        let entered = Entered { address: entered, wrong: vec!["address"], ..Entered::default() };
        return writer.invitation(&looked, &entered);
    };
    if !visit.desk.links.count(looked.view.invitation.id) {
        return writer.notice(StatusCode::TOO_MANY_REQUESTS, "often", Some(&looked));
    }
    match visit.submit(OfferSignIn { invitation: looked.hash, address }).await {
        Ok(_) => writer.notice(StatusCode::OK, "other-sent", Some(&looked)),
        result => visit.answer(&looked, result),
    }
}

/// The fields of a form.
async fn fields(form: Body) -> HashMap<String, String> {
    let bytes = body(form).await;
    form_urlencoded::parse(&bytes).into_owned().collect()
}
