//! What clients send about an account, and what is wrong with it.

use guestlist_core::Refusal;
use guestlist_core::chat::{CustomFields, ShortText};
use guestlist_core::credential::PasswordHash;
use guestlist_core::global_role::{GlobalRole, GlobalRoles};
use guestlist_core::names::{DisplayName, Email, Username};
use guestlist_core::permission::Permission;
use guestlist_core::policy;
use guestlist_identity::password::Password;
use guestlist_store::Rejection;
use serde_json::json;

use super::super::answer::Answer;
use super::super::endpoint::Call;
use super::super::params::Params;
use crate::App;

/// What the server calls its own method behind these endpoints.
pub(super) const METHOD: &str = "insertOrUpdateUser";

/// Names that would be taken for somebody else.
const BLOCKED: [&str; 6] = ["admin", "administrator", "system", "user", "all", "here"];

/// Whether nobody may have this username.
pub(super) fn is_blocked(name: &str) -> bool {
    BLOCKED.contains(&name.to_ascii_lowercase().as_str())
}

/// Whether a name has signs in it that a page could take for its own.
pub(super) fn is_odd_name(name: &str) -> bool {
    name.contains(['<', '>', '/', '\\'])
}

/// A name for people; `None` if nothing is in it.
pub(super) fn name(text: &str) -> Result<Option<DisplayName>, Answer> {
    if is_odd_name(text) {
        return Err(Answer::failed("Name contains invalid characters"));
    }
    if text.trim().is_empty() {
        return Ok(None);
    }
    DisplayName::parse(text).map(Some).map_err(|error| Answer::failed(&format!("Name {error}")))
}

/// A username.
pub(super) fn username(text: &str) -> Result<Username, Answer> {
    if text.trim().is_empty() {
        return Err(required("Username"));
    }
    let username = Username::parse(text).map_err(|_| {
        let details = json!({ "method": METHOD, "input": text, "field": "Username" });
        let reason = format!("{text} is not a valid username");
        Answer::refused("error-input-is-not-a-valid-field", &reason, Some(details))
    })?;
    if is_blocked(text) {
        let reason = format!("{text} is blocked and can't be used!");
        return Err(Answer::refused_by(METHOD, "error-blocked-username", &reason));
    }
    Ok(username)
}

/// An address.
pub(super) fn email(text: &str) -> Result<Email, Answer> {
    if text.trim().is_empty() {
        return Err(required("Email"));
    }
    Email::parse(text).map_err(|_| {
        let details = json!({ "method": METHOD, "email": text });
        Answer::refused("error-invalid-email", &format!("Invalid email {text}"), Some(details))
    })
}

/// A password, hashed.
pub(super) async fn password(app: &App, text: &str) -> Result<PasswordHash, Answer> {
    if text.is_empty() {
        return Err(required("Password"));
    }
    let password = Password::from_plain(text).ok_or_else(|| {
        Answer::refused_by(
            METHOD,
            "error-password-policy-not-met",
            "The password does not meet the server's password policy.",
        )
    })?;
    Ok(app.passwords.hash(password, &*app.entropy).await?)
}

/// The roles of an account, and whether it is an administrator.
pub(super) fn roles(call: &Call, params: &Params) -> Result<Option<(GlobalRoles, bool)>, Answer> {
    let refused = |action: &str, reason: &str| {
        let details = json!({ "method": METHOD, "action": action });
        Answer::refused("error-action-not-allowed", reason, Some(details))
    };
    let Some(names) = params.texts("roles") else { return Ok(None) };
    let roles: Option<Vec<_>> = names.iter().map(|name| GlobalRole::parse(name)).collect();
    let roles = roles.ok_or_else(|| refused("Assign_role", "The field Roles consist invalid role id"))?;
    let is_admin = roles.contains(&GlobalRole::Admin);
    if is_admin && !policy::has(call.app.permissions(), Permission::AssignAdmin, &call.caller, None) {
        return Err(refused("Assign_admin", "Assigning admin is not allowed"));
    }
    let others: Vec<_> = roles.into_iter().filter(|role| *role != GlobalRole::Admin).collect();
    Ok(Some((GlobalRoles::of(&others), is_admin)))
}

/// What friends call them.
pub(super) fn nickname(params: &Params) -> Result<Option<ShortText<120>>, Answer> {
    let text = params.text("nickname").map(ShortText::try_from).transpose();
    let reason = "Nickname size exceeds 120 characters";
    text.map_err(|_| Answer::refused_by(METHOD, "error-nickname-size-exceeded", reason))
}

/// What they say of themselves.
pub(super) fn bio(params: &Params) -> Result<Option<ShortText<260>>, Answer> {
    let text = params.text("bio").map(ShortText::try_from).transpose();
    text.map_err(|_| Answer::refused_by(METHOD, "error-bio-size-exceeded", "Bio size exceeds 260 characters"))
}

/// What they are doing.
pub(super) fn status_text(params: &Params) -> Result<Option<ShortText<120>>, Answer> {
    let text = params.text("statusText").map(ShortText::try_from).transpose();
    let reason = "StatusText size exceeds 120 characters";
    text.map_err(|_| Answer::refused_by(METHOD, "error-status-text-size-exceeded", reason))
}

/// Whatever the client wants to keep.
pub(super) fn custom_fields(params: &Params) -> Result<Option<CustomFields>, Answer> {
    let fields = params.object("customFields").cloned().map(CustomFields::try_from).transpose();
    fields.map_err(|error| Answer::failed(&format!("Body param \"customFields\" {error}")))
}

/// Why the account could not be written.
pub(super) fn rejected(rejection: Rejection, username: Option<&str>, email: Option<&str>) -> Answer {
    let taken = |what: &str| {
        let details = json!({ "method": METHOD, "field": what });
        Answer::refused("error-field-unavailable", &format!("{what} is already in use :("), Some(details))
    };
    match (rejection, username, email) {
        (Rejection::Refused(Refusal::UsernameTaken, _), Some(name), _) => taken(name),
        (Rejection::Refused(Refusal::EmailTaken, _), _, Some(address)) => taken(address),
        (rejection, ..) => Answer::rejected(rejection, METHOD),
    }
}

fn required(field: &str) -> Answer {
    let details = json!({ "method": METHOD, "field": field });
    Answer::refused("error-the-field-is-required", &format!("The field {field} is required"), Some(details))
}
