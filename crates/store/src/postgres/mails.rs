//! Loading mail: what is named, and what is due with all that there is to write in it.

use futures_util::try_join;
use guestlist_core::command::DueMail;
use guestlist_core::facts::Refusers;
use guestlist_core::group::GroupRef;
use guestlist_core::ids::{GroupId, UserId};
use guestlist_core::mail::{DeadAddress, Mail, OWNERS_MAX};
use guestlist_core::{Facts, Needs};
use uuid::Uuid;

use super::facts::{ADDRESSES, load_refusals, query_if};
use super::link::Link;
use super::rows;
use crate::about::About;
use crate::columns::{
    group_columns, invitation_columns, mail_columns, membership_columns, request_columns, user_columns,
};
use crate::error::StoreError;

/// Held, since whoever takes mail holds no group.
const NAMED: &str =
    concat!("SELECT ", mail_columns!("m"), " FROM mails AS m WHERE m.id = ANY ($1::uuid[]) ORDER BY m.id FOR UPDATE");

/// What another node is just about to take is not waited for.
const DUE: &str = concat!(
    "SELECT ",
    mail_columns!("m"),
    " FROM mails AS m WHERE m.due_at <= $1::bigint AND m.created_at < $1::bigint
      ORDER BY m.due_at, m.id LIMIT $2::bigint FOR UPDATE SKIP LOCKED"
);

/// What is known of the addresses $1.
pub(super) const DEAD: &str = "SELECT email_key, since, reply FROM dead_addresses WHERE email_key = ANY ($1::text[])";

const INVITATIONS: &str =
    concat!("SELECT ", invitation_columns!("i"), " FROM invitations AS i WHERE i.id = ANY ($1::uuid[])");

const GROUPS: &str = concat!("SELECT ", group_columns!("g"), " FROM groups AS g WHERE g.id = ANY ($1::bigint[])");

const OWNERS: &str = concat!(
    "SELECT ",
    membership_columns!("m"),
    " FROM unnest($1::bigint[]) AS k (group_id)
      CROSS JOIN LATERAL (SELECT * FROM memberships AS m WHERE m.group_id = k.group_id AND m.roles & 1 = 1
                          ORDER BY m.joined_at, m.user_id LIMIT $2::bigint) AS m"
);

const REQUESTS: &str = concat!(
    "SELECT ",
    request_columns!("r"),
    " FROM unnest($1::bigint[], $2::bigint[]) AS k (group_id, user_id)
      CROSS JOIN LATERAL (SELECT * FROM join_requests AS r WHERE r.group_id = k.group_id AND r.user_id = k.user_id
                          OFFSET 0) AS r"
);

const EMAILS: &str =
    "SELECT e.email, e.user_id, e.is_verified FROM user_emails AS e WHERE e.email_key = ANY ($1::text[])";

const USERS: &str = concat!(
    "SELECT ",
    user_columns!("u"),
    " FROM users AS u WHERE u.id IN (
          SELECT unnest($1::bigint[])
          UNION SELECT user_id FROM user_emails WHERE email_key = ANY ($2::text[]))"
);

/// All statements of this file, to be prepared once per connection.
pub(super) const STATEMENTS: &[&str] = &[NAMED, DUE, DEAD, INVITATIONS, GROUPS, OWNERS, REQUESTS, EMAILS, USERS];

/// Sent behind the lock of the groups, so that it is looked at once these are held.
pub(super) async fn load_named(link: &Link, mails: &Vec<Uuid>) -> Result<Vec<Mail>, StoreError> {
    let rows = query_if(!mails.is_empty(), link, NAMED, [mails]).await?;
    rows.iter().map(rows::mail).collect()
}

pub(super) async fn load_dead(link: &Link, addresses: &Vec<String>) -> Result<Vec<DeadAddress>, StoreError> {
    let rows = query_if(!addresses.is_empty(), link, DEAD, [addresses]).await?;
    rows.iter().map(rows::dead_address).collect()
}

/// The mail that is due, and all that it is about. Comes after everything else that is loaded and held, and waits for
/// nobody: what is known already is not looked at again, and whoever holds mail waits for no lock any more.
pub(super) async fn load_due(facts: &mut Facts, link: &Link, needs: &[Needs]) -> Result<(), StoreError> {
    let Some(due) = DueMail::of(needs) else { return Ok(()) };
    let mut about = About::of_named(facts, needs);
    for row in &link.query(DUE, &[&due.by.as_millis(), &i64::from(due.number)]).await? {
        let mail = rows::mail(row)?;
        about.mail(&mail);
        facts.learn_mail(mail);
    }
    let is_unknown = |id: &i64| GroupId::new(*id).is_some_and(|id| facts.group(&GroupRef::Id(id)).is_none());
    let groups: Vec<i64> = about.named.group_ids.iter().copied().filter(is_unknown).collect();
    let invitations: Vec<Uuid> = about.invitations.iter().copied().collect();
    let owned: Vec<i64> = about.owned.iter().copied().collect();
    let (request_groups, request_users): (Vec<i64>, Vec<i64>) = about.requests.iter().copied().unzip();
    let most = i64::from(OWNERS_MAX);
    let (found, groups, owners, requests) = try_join!(
        query_if(!invitations.is_empty(), link, INVITATIONS, [&invitations]),
        query_if(!groups.is_empty(), link, GROUPS, [&groups]),
        query_if(!owned.is_empty(), link, OWNERS, [&owned, &most]),
        query_if(!request_groups.is_empty(), link, REQUESTS, [&request_groups, &request_users]),
    )?;
    for row in &found {
        let invitation = rows::invitation(row, 0)?;
        about.invitation(&invitation);
        facts.learn_invitation(invitation);
    }
    for row in &groups {
        facts.learn_group(rows::group(row, 0)?);
    }
    for row in &owners {
        let membership = rows::membership(row, 0)?;
        about.owner(membership.user);
        facts.learn_membership(membership);
    }
    for row in &requests {
        facts.learn_request(rows::request(row)?);
    }

    let named: Vec<i64> = about.named.user_ids.iter().copied().collect();
    let emails: Vec<String> = about.named.emails.iter().cloned().collect();
    let (users, owned) = try_join!(
        query_if(!(named.is_empty() && emails.is_empty()), link, USERS, [&named, &emails]),
        query_if(!emails.is_empty(), link, EMAILS, [&emails]),
    )?;
    for row in &users {
        facts.learn_user(rows::user(row, 0)?);
    }
    let people: Vec<i64> = facts.user_ids().map(UserId::get).collect();
    let theirs = query_if(!people.is_empty(), link, ADDRESSES, [&people]).await?;
    for row in owned.iter().chain(&theirs) {
        facts.learn_email(rows::user_email(row)?);
    }

    let readers = about.readers.iter().filter_map(|user| facts.address_of(*user)).map(|email| email.key().to_string());
    let addresses: Vec<String> = readers.chain(about.addresses.iter().cloned()).collect();
    for dead in load_dead(link, &addresses).await? {
        facts.learn_dead_address(dead);
    }
    let refusers = Refusers { towards: facts.refusers_of_mail(), ..Refusers::default() };
    load_refusals(facts, link, refusers).await
}
