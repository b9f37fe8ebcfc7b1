//! Many people to invite at once: one wrong name spoils nothing, and each gets a row of its own.

use std::ops::Range;

use guestlist_core::Refusal;
use guestlist_core::command::{Admission, Expiry, Invite, Target};
use guestlist_core::explain::{Explanation, Remedy};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::{BatchId, GroupId, Uid, UserId};
use guestlist_core::names::{Email, Note, Subject, Username};
use guestlist_core::outcome::{InviteRow, Invited};
use guestlist_core::user::UserRef;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{ExpiresIn, Integer, Name, Object, Parsed, present, up_to};
use super::explained::Explained;
use super::problem::Problem;
use super::refused::{self, Words};
use super::words::{LanguageTag, LanguageWord, RoleList, RoleWord};
use crate::App;

/// People that one request names at the most.
const INVITEES_MAX: usize = 10_000;

/// Whom to invite, and to what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewInvitations {
    /// Whom.
    #[serde(deserialize_with = "up_to::<INVITEES_MAX, _, _>")]
    #[schema(value_type = Vec<Invitee>, max_items = 10_000)]
    invitees: Vec<Object<Invitee>>,
    /// What comes with acceptance. Giving a role takes the right to.
    #[serde(default)]
    #[schema(value_type = Vec<RoleWord>, required = false)]
    roles: RoleList,
    /// In which to write to them, if you know.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = LanguageWord, required = false)]
    language: Option<LanguageTag>,
    /// Your own words to them: plain text, shown as a quotation in the mail and on the page. Not read as a link or as HTML.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 500)]
    note: Option<Parsed<Note>>,
    /// How long the invitations live, in seconds; null for ever. As long as is usual if left out.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>, required = false, minimum = 1, maximum = 4_294_967_295_i64)]
    expires_in: Option<ExpiresIn>,
}

/// Somebody to invite, by exactly one name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Invitee {
    /// An address, whether or not it has an account.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    email: Option<String>,
    /// The number of an account.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = i64, required = false)]
    user_id: Option<Integer>,
    /// The uid of an account.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    uid: Option<String>,
    /// The username of an account.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    username: Option<String>,
    /// The subject of an account.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    subject: Option<String>,
}

impl Invitee {
    /// What it names, or which field cannot be read and what to write.
    fn read(&self) -> Result<UserRef, (&'static str, String)> {
        let mut named = [
            self.email.as_deref().map(|text| parsed("email", text, UserRef::Email as fn(Email) -> UserRef)),
            self.user_id.as_ref().map(|Integer(id)| {
                UserId::new(*id).map(UserRef::Id).ok_or(("user_id", "Write a number from 1 on.".to_owned()))
            }),
            self.uid.as_deref().map(|text| {
                let form = "Write 1 to 64 letters, digits and . _ -.".to_owned();
                Uid::parse(text).map(UserRef::Uid).ok_or(("uid", form))
            }),
            self.username.as_deref().map(|text| parsed("username", text, UserRef::Username as fn(Username) -> UserRef)),
            self.subject.as_deref().map(|text| parsed("subject", text, UserRef::Subject as fn(Subject) -> UserRef)),
        ]
        .into_iter()
        .flatten();
        match (named.next(), named.next()) {
            (Some(one), None) => one,
            _ => Err(("", "Name one of `email`, `user_id`, `uid`, `username` and `subject`.".to_owned())),
        }
    }
}

fn parsed<T: Name>(field: &'static str, text: &str, wrap: fn(T) -> UserRef) -> Result<UserRef, (&'static str, String)> {
    T::parse(text).map(wrap).map_err(|_| (field, super::body::as_sentence(T::FORM)))
}

impl NewInvitations {
    /// How many are named.
    pub(super) const fn len(&self) -> usize {
        self.invitees.len()
    }

    /// Insists that somebody is named whose name can be read. Otherwise says what is wrong with the first.
    pub(super) fn require_one(&self) -> Result<(), Problem> {
        let mut wrong = None;
        for (index, Object(invitee)) in self.invitees.iter().enumerate() {
            match invitee.read() {
                Ok(_) => return Ok(()),
                Err((field, detail)) => _ = wrong.get_or_insert_with(|| (pointer(index, field), detail)),
            }
        }
        wrong.map_or(Ok(()), |(pointer, detail)| Err(Problem::InvalidField { pointer, detail }))
    }

    /// The command, and what to tell about each row once it is decided.
    pub(super) fn ask(
        &self,
        app: &App,
        by: UserId,
        group: GroupRef,
        batch: BatchId,
    ) -> Result<(Invite, Read), Problem> {
        if self.invitees.len() > Invite::TARGETS_MAX {
            return Err(Refusal::TooManyTargets.into());
        }
        self.require_one()?;
        Ok(self.ask_of(app, by, group, batch, 0..self.invitees.len()))
    }

    /// The same for a stretch of the people only.
    pub(super) fn ask_of(
        &self,
        app: &App,
        by: UserId,
        group: GroupRef,
        batch: BatchId,
        which: Range<usize>,
    ) -> (Invite, Read) {
        let start = which.start;
        let mut targets = Vec::new();
        let wrong = self.invitees[which].iter().map(|Object(invitee)| match invitee.read() {
            Ok(who) => {
                targets.push(Target { who, invitation: app.new_invitation_id() });
                None
            }
            Err(wrong) => Some(wrong),
        });
        let read = Read { start, wrong: wrong.collect() };
        let admission = Admission::OnAcceptance(self.expires_in.map_or(Expiry::Usual, Expiry::from));
        let RoleList(roles) = self.roles;
        let language = self.language.map(|LanguageTag(language)| language);
        let note = self.note.as_ref().map(|Parsed(note)| note.clone());
        (Invite { by, group, targets, roles, admission, batch: Some(batch), language, note }, read)
    }
}

/// How the rows of a request were read.
pub(super) struct Read {
    /// The position of the first.
    start: usize,
    /// What is wrong with each that could not be read.
    wrong: Vec<Option<(&'static str, String)>>,
}

/// What became of everybody whom one request invited.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InvitedTogether<Row> {
    group_id: i64,
    /// Under which they can be looked at and undone together.
    batch_id: String,
    /// One row for each, in the order of the request.
    data: Vec<Row>,
}

impl<Row> InvitedTogether<Row> {
    pub(super) fn of(group: GroupId, batch: BatchId, data: Vec<Row>) -> Self {
        Self { group_id: group.get(), batch_id: batch.to_string(), data }
    }
}

/// What became of one person.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InviteeRow {
    /// Its position in the request, counting from 0.
    index: usize,
    result: RowResult,
    /// The invitation, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    invitation_id: Option<String>,
    /// Why not, if the person is not invited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    problem: Option<RowProblem>,
}

/// What became of one person.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum RowResult {
    /// Has a new invitation.
    Invited,
    /// Had an invitation, which ends no earlier now.
    Renewed,
    /// A member now: they had asked to join.
    Added,
    /// Was a member before.
    AlreadyMember,
    /// Waits for a seat.
    Waiting,
    /// Not invited; nothing changed.
    Refused,
}

/// Why a person was not invited.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RowProblem {
    /// The kind of problem, for programs.
    code: String,
    /// What happened, for people.
    detail: String,
    /// The field that cannot be read, as a JSON pointer into the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pointer: Option<String>,
    /// Why, where the rules say no.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    explanation: Option<Explained>,
}

impl Read {
    /// What became of each row, in the order of the request.
    pub(super) fn rows(&self, invited: &Invited) -> Vec<InviteeRow> {
        self.told(&invited.rows, &invited.why)
    }

    /// The rows, if none could be read: there is nothing to decide.
    pub(super) fn unread(&self) -> Option<Vec<InviteeRow>> {
        self.wrong.iter().all(Option::is_some).then(|| self.told(&[], &[]))
    }

    fn told(&self, decided: &[InviteRow], why: &[Explanation]) -> Vec<InviteeRow> {
        let mut decided = decided.iter();
        let rows = self.wrong.iter().enumerate().filter_map(|(offset, wrong)| {
            let index = self.start + offset;
            Some(match wrong {
                Some((field, detail)) => InviteeRow::unread(index, field, detail),
                None => InviteeRow::of(index, *decided.next()?, why),
            })
        });
        rows.collect()
    }
}

/// Whether somebody was refused for a reason that passes with time: whoever asks again should be answered anew.
pub(super) fn is_passing(invited: &Invited) -> bool {
    invited.why.iter().any(|why| why.remedy == Remedy::Time)
}

/// Where a field of a row is in the request.
fn pointer(index: usize, field: &str) -> String {
    if field.is_empty() { format!("/invitees/{index}") } else { format!("/invitees/{index}/{field}") }
}

impl InviteeRow {
    fn unread(index: usize, field: &str, detail: &str) -> Self {
        let problem = RowProblem {
            code: "invalid_field".to_owned(),
            detail: detail.to_owned(),
            pointer: Some(pointer(index, field)),
            explanation: None,
        };
        Self { index, result: RowResult::Refused, invitation_id: None, problem: Some(problem) }
    }

    fn of(index: usize, row: InviteRow, why: &[Explanation]) -> Self {
        let (result, invitation, problem) = match row {
            InviteRow::Added => (RowResult::Added, None, None),
            InviteRow::Invited(id) => (RowResult::Invited, Some(id), None),
            InviteRow::Renewed(id) => (RowResult::Renewed, Some(id), None),
            InviteRow::AlreadyMember => (RowResult::AlreadyMember, None, None),
            InviteRow::Waiting => (RowResult::Waiting, None, None),
            InviteRow::Refused(refusal) => {
                let why = why.iter().find(|why| why.refusal == refusal).cloned();
                let why = why.unwrap_or_else(|| refusal.into());
                (RowResult::Refused, None, Some(RowProblem::of(&why)))
            }
        };
        Self { index, result, invitation_id: invitation.map(|id| id.to_string()), problem }
    }
}

impl RowProblem {
    fn of(why: &Explanation) -> Self {
        let Words { code, detail, .. } = refused::words(why.refusal);
        Self { code, detail, pointer: None, explanation: Some(Explained::of(why)) }
    }
}
