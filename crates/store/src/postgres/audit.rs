//! Holding a history against what is stored, at one moment and for as long as that takes.

use std::future::Future;
use std::time::Duration;

use deadpool_postgres::{Object, Transaction};
use guestlist_core::Change;
use guestlist_core::history::{Audit, Finding, Head, Stream};
use tokio_postgres::{IsolationLevel, Row};

use super::link::Param;
use super::readers::{Readers, noted};
use super::{failure, rows};
use crate::columns::{
    event_columns, group_columns, invitation_columns, link_columns, mail_columns, membership_columns, request_columns,
    token_columns, user_columns,
};
use crate::error::StoreError;

/// How long one step may take: the first one may have to sort. The server gives up a little earlier by itself.
const STEP_MAX: Duration = Duration::from_secs(61);
const SESSION: &str = "SET LOCAL statement_timeout = '60s'";

/// Rows that are held at a time.
const PAGE_ROWS: i32 = 1000;

const EVENTS: &str = concat!("SELECT ", event_columns!("e"), " FROM events AS e WHERE e.group_id = $1 ORDER BY e.seq");

const HEAD: &str = "SELECT group_id, seq, hash FROM heads WHERE group_id = $1";

/// A statement, and what its rows are as the changes that would bring them about.
type Stored = (&'static str, fn(&Row) -> Result<Change, StoreError>);

/// Everything of group $1 that events tell of.
const OF_GROUP: &[Stored] = &[
    (concat!("SELECT ", group_columns!("g"), " FROM groups AS g WHERE g.id = $1"), |row| {
        rows::group(row, 0).map(Change::Group)
    }),
    (concat!("SELECT ", membership_columns!("m"), " FROM memberships AS m WHERE m.group_id = $1"), |row| {
        rows::membership(row, 0).map(Change::Membership)
    }),
    (concat!("SELECT ", invitation_columns!("i"), " FROM invitations AS i WHERE i.group_id = $1"), |row| {
        rows::invitation(row, 0).map(Change::Invitation)
    }),
    (concat!("SELECT ", mail_columns!("m"), " FROM mails AS m WHERE m.group_id = $1"), |row| {
        rows::mail(row).map(Change::Mail)
    }),
    (concat!("SELECT ", link_columns!("l"), " FROM links AS l WHERE l.group_id = $1"), |row| {
        rows::link(row, 0).map(Change::Link)
    }),
    (concat!("SELECT ", request_columns!("r"), " FROM join_requests AS r WHERE r.group_id = $1"), |row| {
        rows::request(row).map(Change::JoinRequest)
    }),
];

/// Everything that is of no group and that events tell of.
const OF_INSTALLATION: &[Stored] = &[
    (concat!("SELECT ", user_columns!("u"), " FROM users AS u"), |row| rows::user(row, 0).map(Change::User)),
    ("SELECT email, user_id, is_verified FROM user_emails", |row| rows::user_email(row).map(Change::UserEmail)),
    ("SELECT person, from_kind, from_id, created_at FROM opt_outs", |row| rows::opt_out(row).map(Change::OptOut)),
    (concat!("SELECT ", token_columns!("t"), " FROM tokens AS t"), |row| rows::token(row, 0).map(Change::Token)),
    ("SELECT id, name, scopes, created_at FROM clients", |row| rows::client(row).map(Change::Client)),
];

impl Readers {
    pub(super) async fn findings(&self, stream: Stream) -> Result<Vec<Finding>, StoreError> {
        let mut connection = self.connection().await?;
        let findings = audit(&mut connection, stream).await;
        noted(findings, connection)
    }
}

async fn audit(connection: &mut Object, stream: Stream) -> Result<Vec<Finding>, StoreError> {
    let snapshot = connection.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
    let snapshot = in_time(snapshot.start()).await?;
    in_time(snapshot.batch_execute(SESSION)).await?;

    let number = stream.number();
    let one: &[Param<'_>] = &[&number];
    let mut audit = Audit::new(stream);
    each(&snapshot, EVENTS, one, |row| {
        audit.event(&rows::event(row)?);
        Ok(())
    })
    .await?;
    let (stored, params) = match stream {
        Stream::Group(_) => (OF_GROUP, one),
        Stream::Installation => (OF_INSTALLATION, [].as_slice()),
    };
    for (sql, read) in stored {
        each(&snapshot, sql, params, |row| {
            audit.stored(&read(row)?);
            Ok(())
        })
        .await?;
    }
    let mut head = Head::default();
    each(&snapshot, HEAD, one, |row| {
        (_, head) = rows::head(row)?;
        Ok(())
    })
    .await?;
    in_time(snapshot.commit()).await?;
    Ok(audit.finish(head))
}

/// Sees all rows of a statement, page by page.
async fn each(
    snapshot: &Transaction<'_>,
    sql: &str,
    params: &[Param<'_>],
    mut see: impl FnMut(&Row) -> Result<(), StoreError> + Send,
) -> Result<(), StoreError> {
    let statement = in_time(snapshot.prepare_cached(sql)).await?;
    let portal = in_time(snapshot.bind(&statement, params)).await?;
    loop {
        let rows = in_time(snapshot.query_portal(&portal, PAGE_ROWS)).await?;
        if rows.is_empty() {
            return Ok(());
        }
        rows.iter().try_for_each(&mut see)?;
    }
}

async fn in_time<T>(step: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, StoreError> {
    tokio::time::timeout(STEP_MAX, step).await.map_err(|_| StoreError::TimedOut)?.map_err(failure)
}
