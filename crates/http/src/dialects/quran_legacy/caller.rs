//! Who is calling: the token in `o_t_h`, and whether it may be used for the operation.

use std::marker::PhantomData;
use std::num::NonZeroU32;
use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use guestlist_core::credential::Scopes;
use guestlist_core::origin::Via;
use guestlist_identity::Unauthenticated;

use super::answer::Answer;
use crate::authenticate::{self, Asker, NoCaller};
use crate::headers::{Credential, credential};
use crate::quran_groups::RequiredScope;
use crate::request_limit::Payer;
use crate::{App, request_id, request_limit};

/// A user whose token covers the scope `S`.
pub(super) struct Caller<S>(Asker, PhantomData<S>);

impl<S> Deref for Caller<S> {
    type Target = Asker;

    fn deref(&self) -> &Asker {
        &self.0
    }
}

impl<S: RequiredScope> FromRequestParts<App> for Caller<S> {
    type Rejection = Answer;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Answer> {
        let token = match credential(&parts.headers, "o_t_h") {
            Credential::One(token) => token,
            Credential::Missing => return Err(NoCaller::from(Unauthenticated::Missing).into()),
            Credential::Ambiguous => return Err(Answer::invalid("`o_t_h` is invalid")),
        };
        let origin = request_id::origin(Via::QuranLegacy, &parts.extensions);
        let check = |scopes: &Scopes| {
            let is_covered = !app.enforces_scopes || S::is_covered_by(scopes);
            if is_covered { Ok(()) } else { Err(Answer::forbidden("Insufficient scope")) }
        };
        let caller = authenticate::by_any(app, origin, token, check).await?;
        let payer = Payer::through(caller.client().cloned(), Some(caller.id));
        request_limit::count(app, &payer, NonZeroU32::MIN, &parts.extensions).map_err(Answer::too_many_requests)?;
        Ok(Self(caller, PhantomData))
    }
}
