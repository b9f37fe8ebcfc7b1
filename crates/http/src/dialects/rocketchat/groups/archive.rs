//! Into the archive, and out of it.

use guestlist_core::command::{ArchiveGroup, UnarchiveGroup};
use guestlist_core::group::GroupRef;
use guestlist_core::permission::Permission;
use guestlist_core::{Refusal, policy};
use guestlist_store::Rejection;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Nothing, Served, Verb, success};
use super::super::params::Naming;
use super::super::room;
use super::SETTINGS;

const ARCHIVE: Endpoint = Endpoint {
    path: "v1/groups.archive",
    verb: Verb::Post,
    login: Login::Needed,
    naming: Naming::LooseRoom,
    fields: &[],
    calls_max: CALLS_MAX,
    tag: SETTINGS,
    summary: "Archives a group",
    description: "It keeps its members, and nothing else changes in it.",
    answer: success::<Nothing>,
};

const UNARCHIVE: Endpoint = Endpoint {
    path: "v1/groups.unarchive",
    summary: "Takes a group out of the archive",
    description: "For administrators who are in it, unless the operator has decided otherwise.",
    ..ARCHIVE
};

pub(super) fn served() -> [Served; 2] {
    [ARCHIVE.serve(archive), UNARCHIVE.serve(unarchive)]
}

async fn archive(call: Call) -> Result<Answer, Answer> {
    let view = room::find_active(&call).await?;
    let archive = ArchiveGroup { by: call.caller.id, group: GroupRef::Id(view.group.id) };
    call.caller.submit(&call.app, archive).await.map_err(|rejection| rejected(rejection, "archiveRoom"))?;
    Ok(Answer::ok(Nothing {}))
}

async fn unarchive(call: Call) -> Result<Answer, Answer> {
    const METHOD: &str = "unarchiveRoom";
    let view = room::find(&call).await?;
    // Elsewhere, who may archive a group may take it out again. Here that is a right of its own.
    let what = Permission::UnarchiveRoom;
    if !policy::may(call.app.permissions(), what, &call.caller, view.membership.as_ref()) {
        return Err(not_authorized(METHOD));
    }
    let unarchive = UnarchiveGroup { by: call.caller.id, group: GroupRef::Id(view.group.id) };
    call.caller.submit(&call.app, unarchive).await.map_err(|rejection| rejected(rejection, METHOD))?;
    Ok(Answer::ok(Nothing {}))
}

fn rejected(rejection: Rejection, method: &str) -> Answer {
    match rejection {
        Rejection::Refused(Refusal::NotAllowed(_), _) => not_authorized(method),
        rejection => Answer::rejected(rejection, method),
    }
}

fn not_authorized(method: &str) -> Answer {
    Answer::refused_by(method, "error-not-authorized", "Not authorized")
}
