//! Invitations to the installation itself, by Rocket.Chat's API. They are about no group and nothing waits for their answer,
//! so they are not queued: whoever asks is told whether they left.

use futures_util::stream::{self, TryStreamExt as _};
use guestlist_core::ids::uuid_v4;
use guestlist_core::language::{Language, Languages};
use guestlist_core::mail::MailId;
use guestlist_core::names::Email;

use crate::message::{Message, Parts, Unsendable};
use crate::render::{Greeting, TemplateError};
use crate::transport::Undelivered;
use crate::worker::Worker;

/// Mails under way at the same time.
const AT_ONCE: usize = 4;

/// Why a greeting did not leave.
#[derive(Debug, thiserror::Error)]
pub enum NotGreeted {
    /// The template cannot be written.
    #[error("the mail could not be written")]
    Template(#[from] TemplateError),
    /// No mail can go there.
    #[error(transparent)]
    Unsendable(#[from] Unsendable),
    /// The mail server did not take it.
    #[error(transparent)]
    Undelivered(#[from] Undelivered),
}

impl Worker {
    /// Invites people to the installation in the name of `person`, and in the language given with English below it. Returns when
    /// all mails have been handed over; the first that is not ends it.
    pub async fn greet(
        &self,
        person: Option<&str>,
        language: Option<Language>,
        to: &[Email],
    ) -> Result<(), NotGreeted> {
        let first = language.unwrap_or(Language::English);
        let languages = Languages { first, second: Some(Language::English).filter(|second| *second != first) };
        let person = person.map(str::to_owned);
        let greeting = Greeting { person, url: self.public_url.clone(), languages };
        let rendered = self.templates.render_greeting(&greeting, &self.installation)?;
        stream::iter(to.iter().map(Ok))
            .try_for_each_concurrent(AT_ONCE, async |address: &Email| {
                let parts = Parts {
                    mail: MailId::from_uuid(uuid_v4(&*self.entropy)),
                    to: address,
                    name: None,
                    rendered: &rendered,
                    unsubscribe: None,
                    at: self.clock.now(),
                };
                let message = Message::new(&self.sender, &parts)?;
                Ok(self.transport.send(&message).await?)
            })
            .await
    }
}
