//! From a row of a CSV file to a person who can be invited.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use guestlist_core::ids::{Uid, UserId};
use guestlist_core::member::RoleSet;
use guestlist_core::names::{Email, Subject, Username};
use guestlist_core::user::UserRef;

use super::header::{Header, normal};
use super::records::Fields;
use crate::commands::invitation::parse_roles;

/// How a column names people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Email,
    Username,
    Id,
    Uid,
    Subject,
}

impl Kind {
    /// What a column of this name holds, if it says whom to invite.
    pub(super) fn of_column(name: &str) -> Option<Self> {
        match &*normal(name) {
            "email" => Some(Self::Email),
            "username" => Some(Self::Username),
            "user_id" | "id" => Some(Self::Id),
            "uid" => Some(Self::Uid),
            "subject" => Some(Self::Subject),
            _ => None,
        }
    }

    /// The person that `text` names, and the text by which two namings are seen to be of the same.
    fn read(self, text: &str) -> Result<(UserRef, String), String> {
        match self {
            Self::Email => {
                let email = Email::parse(text).map_err(|error| format!("{text:?} is no address: it {error}"))?;
                let key = email.key().to_string();
                Ok((UserRef::Email(email), key))
            }
            Self::Username => {
                let name = Username::parse(text).map_err(|error| format!("{text:?} is no username: it {error}"))?;
                let key = name.key().to_string();
                Ok((UserRef::Username(name), key))
            }
            Self::Id => {
                let id = UserId::parse(text).ok_or_else(|| format!("{text:?} is no number of a user"))?;
                Ok((UserRef::Id(id), id.to_string()))
            }
            Self::Uid => {
                let uid = Uid::parse(text).ok_or_else(|| format!("{text:?} is no uid"))?;
                let key = uid.to_string();
                Ok((UserRef::Uid(uid), key))
            }
            Self::Subject => {
                let subject = Subject::parse(text).map_err(|error| format!("{text:?} is no subject: it {error}"))?;
                let key = subject.to_string();
                Ok((UserRef::Subject(subject), key))
            }
        }
    }
}

/// Somebody to invite.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) line: u64,
    pub(super) who: UserRef,
    pub(super) roles: RoleSet,
    /// The row, for the file of failures.
    pub(super) fields: Fields,
}

/// A row that does not say whom to invite.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) line: u64,
    pub(super) reason: String,
    pub(super) is_duplicate: bool,
    pub(super) fields: Fields,
}

/// Reads rows, and remembers whom they named.
pub(super) struct People {
    pub(super) header: Header,
    /// The role of those whose row does not say.
    roles: RoleSet,
    /// The line on which each was first named, by the first 8 bytes of a hash. That two people in a million are taken for
    /// one has a chance of 1 in 37 million.
    seen: HashMap<u64, u32>,
    hasher: RandomState,
}

impl People {
    pub(super) fn new(header: Header, roles: RoleSet) -> Self {
        Self { header, roles, seen: HashMap::new(), hasher: RandomState::new() }
    }

    /// The person that a row names.
    pub(super) fn read(&mut self, line: u64, fields: Fields) -> Result<Person, Failure> {
        match self.parse(&fields) {
            Err(reason) => Err(Failure { line, reason, is_duplicate: false, fields }),
            Ok((who, key, roles)) => {
                let number = u32::try_from(line).unwrap_or(u32::MAX);
                let first = *self.seen.entry(self.hasher.hash_one(&key)).or_insert(number);
                if first == number {
                    return Ok(Person { line, who, roles, fields });
                }
                let reason = format!("the same person as in line {first}");
                Err(Failure { line, reason, is_duplicate: true, fields })
            }
        }
    }

    fn parse(&self, fields: &Fields) -> Result<(UserRef, String, RoleSet), String> {
        let Header { columns, who: (at, kind), role } = &self.header;
        if fields.len() != columns.len() {
            return Err(format!("number of fields: {}, and the first line has {}", fields.len(), columns.len()));
        }
        for (name, field) in columns.iter().zip(fields) {
            if let Err(error) = str::from_utf8(field) {
                let odd = field[error.valid_up_to()];
                return Err(format!(
                    "the column {name:?} is not in UTF-8, but has the byte 0x{odd:02X}, perhaps of Latin-1; save the file as \
                     CSV in UTF-8"
                ));
            }
        }
        let text = |at: usize| str::from_utf8(&fields[at]).unwrap_or_default().trim();
        if text(*at).is_empty() {
            return Err(format!("the column {:?} is empty", columns[*at]));
        }
        let (who, key) = kind.read(text(*at))?;
        let roles = match role.map(text) {
            None | Some("") => self.roles,
            Some(role) => parse_roles(&normal(role)).map_err(|form| format!("{role:?} is no role: {form}"))?,
        };
        Ok((who, key, roles))
    }
}
