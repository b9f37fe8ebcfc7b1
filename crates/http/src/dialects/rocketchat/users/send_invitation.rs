//! Inviting people to the installation itself, by mail.

use std::collections::BTreeMap;

use guestlist_core::names::Email;
use guestlist_core::permission::Permission;
use guestlist_core::policy;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Nothing, Served, Verb, success};
use super::super::params::{Field, Kind, Naming};
use super::USERS;

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/sendInvitationEmail",
    verb: Verb::Post,
    login: Login::Needed,
    naming: Naming::Nothing,
    fields: &[Field::required("emails", Kind::Texts, "Up to 100 addresses. What is none is passed over.")],
    calls_max: CALLS_MAX,
    tag: USERS,
    summary: "Invites people to the server",
    description: "By a mail that leads to its address; to no group. For administrators.",
    answer: success::<Nothing>,
};

/// The most that are written to while the caller waits.
const EMAILS_MAX: usize = 100;

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    let Call { app, caller, params } = &call;
    if !policy::has(app.permissions(), Permission::InviteToServer, caller, None) {
        return Err(Answer::failed("Not allowed [error-not-allowed]"));
    }
    let emails = params.texts("emails").unwrap_or_default();
    let emails = emails.iter().filter_map(|text| Email::parse(text).ok());
    // Nobody is written to twice.
    let emails: BTreeMap<_, _> = emails.map(|email| (email.key().clone(), email)).collect();
    let emails: Vec<Email> = emails.into_values().collect();
    if emails.is_empty() {
        return Err(Answer::failed("No valid email addresses [error-email-send-failed]"));
    }
    let failed = |why: &str| Answer::failed(&format!("Error trying to send email: {why} [error-email-send-failed]"));
    if emails.len() > EMAILS_MAX {
        return Err(failed(&format!("one call writes to at most {EMAILS_MAX} addresses")));
    }
    let greeter = app.greeter.as_ref().ok_or_else(|| failed("this server sends no mail"))?;
    // Nobody learns who refuses invitations.
    let closed = app.store.read().closed_addresses(emails.iter().map(|email| email.key().clone()).collect()).await?;
    let open: Vec<Email> = emails.into_iter().filter(|email| !closed.contains(email.key())).collect();
    greeter.greet(caller, &open).await.map_err(|why| failed(&why))?;
    Ok(Answer::ok(Nothing {}))
}
