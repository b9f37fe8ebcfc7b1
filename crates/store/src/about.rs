//! What mail is about: whatever has to be looked up before it can be written.

use std::collections::BTreeSet;

use guestlist_core::ids::UserId;
use guestlist_core::invitation::{Invitation, Invitee};
use guestlist_core::mail::{Mail, Recipient};
use guestlist_core::{Facts, Needs};
use uuid::Uuid;

use crate::keys::Keys;

/// What some mails are about.
#[derive(Default)]
pub(crate) struct About {
    /// Invitations. What these are about has to be added once they are known.
    pub(crate) invitations: BTreeSet<Uuid>,
    /// Groups, people and addresses.
    pub(crate) named: Keys,
    /// Groups whose owners are written to.
    pub(crate) owned: BTreeSet<i64>,
    /// Requests to join, by group and user.
    pub(crate) requests: BTreeSet<(i64, i64)>,
    /// Readers with an account.
    pub(crate) readers: BTreeSet<UserId>,
    /// Addresses that are written to.
    pub(crate) addresses: BTreeSet<String>,
}

impl About {
    /// What the mails are about that a batch names: settling one may make it due there and then.
    pub(crate) fn of_named(facts: &Facts, needs: &[Needs]) -> Self {
        let mut about = Self::default();
        let named = needs.iter().flat_map(|need| &need.mails).filter_map(|id| facts.mail(*id));
        named.for_each(|mail| about.mail(mail));
        about
    }

    /// Adds an owner, to whom mail to all of them goes.
    pub(crate) fn owner(&mut self, user: UserId) {
        self.named.user_ids.insert(user.get());
        self.readers.insert(user);
    }

    /// Adds what a mail is about.
    pub(crate) fn mail(&mut self, mail: &Mail) {
        self.named.group_ids.insert(mail.group.get());
        self.invitations.extend(mail.invitation.map(|id| id.as_uuid()));
        match &mail.to {
            Recipient::User(user) => {
                self.named.user_ids.insert(user.get());
                self.readers.insert(*user);
            }
            Recipient::Address(email) => {
                self.named.emails.insert(email.key().to_string());
                self.addresses.insert(email.key().to_string());
            }
            Recipient::Owners => {
                self.owned.insert(mail.group.get());
            }
        }
        if let Some(about) = mail.about {
            self.named.user_ids.insert(about.get());
            self.requests.insert((mail.group.get(), about.get()));
        }
    }

    /// Adds the people of an invitation.
    pub(crate) fn invitation(&mut self, invitation: &Invitation) {
        self.named.user_ids.insert(invitation.inviter.get());
        match &invitation.invitee {
            Invitee::User(user) => self.named.user_ids.insert(user.get()),
            Invitee::Email(email) => self.named.emails.insert(email.key().to_string()),
        };
    }
}
