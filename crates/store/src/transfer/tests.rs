//! What the leading part notices, shown with sides that are plain lists and can be made to lie.

use std::collections::BTreeMap;

use super::*;
use crate::transfer::tables::Value;

/// A database in memory. Its rows come in the order in which they were written, which is that of their keys.
#[derive(Default, Clone)]
struct Fake {
    tables: BTreeMap<&'static str, Vec<Row>>,
    /// Done to every page of users that is written.
    spoils: Option<fn(&mut Vec<Row>)>,
    /// Counted too many.
    miscounts: u64,
    /// The table whose rows cannot be written.
    fails_at: Option<&'static str>,
    is_committed: bool,
}

#[async_trait]
impl Side for Fake {
    async fn begin_source(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn begin_target(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn count(&mut self, table: &'static Table) -> Result<u64, StoreError> {
        let rows = self.tables.get(table.name).map_or(0, Vec::len) as u64;
        Ok(if table.name == "users" { rows + self.miscounts } else { rows })
    }

    async fn page(&mut self, table: &'static Table, after: Option<&Row>, limit: u16) -> Result<Vec<Row>, StoreError> {
        let rows = self.tables.get(table.name).cloned().unwrap_or_default();
        let begin = after.map_or(0, |after| rows.iter().position(|row| row[0] == after[0]).unwrap() + 1);
        Ok(rows.into_iter().skip(begin).take(limit.into()).collect())
    }

    async fn clear(&mut self, table: &'static Table) -> Result<(), StoreError> {
        self.tables.remove(table.name);
        Ok(())
    }

    async fn write(&mut self, table: &'static Table, rows: &[Row]) -> Result<(), StoreError> {
        if self.fails_at == Some(table.name) {
            return Err(StoreError::TimedOut);
        }
        let mut rows = rows.to_vec();
        if let Some(spoil) = self.spoils
            && table.name == "users"
        {
            spoil(&mut rows);
        }
        self.tables.entry(table.name).or_default().extend(rows);
        Ok(())
    }

    async fn commit(&mut self) -> Result<(), StoreError> {
        self.is_committed = true;
        Ok(())
    }
}

fn user(id: i64, name: &str) -> Row {
    let mut row = vec![Value::Null; TABLES[0].columns.len()];
    row[0] = Value::Number(id);
    row[5] = Value::Text(name.to_owned());
    row
}

/// A database with users 1 to `count`, whose tables have all been begun with something.
fn users(count: i64) -> Fake {
    let rows = (1..=count).map(|id| user(id, "amina")).collect();
    let sequences = vec![vec![Value::Text("users".to_owned()), Value::Number(count + 1)]];
    Fake { tables: BTreeMap::from([("users", rows), ("sequences", sequences)]), ..Fake::default() }
}

fn run(source: &mut Fake, target: &mut Fake) -> (Result<Report, TransferError>, Vec<Progress>) {
    let mut seen = Vec::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let result = runtime.block_on(copy(source, target, &mut |progress| seen.push(progress)));
    assert_eq!(result.is_ok(), target.is_committed, "committed if and only if all is well");
    (result, seen)
}

#[track_caller]
fn check_different(mut target: Fake) {
    let (result, _) = run(&mut users(3), &mut target);
    assert!(matches!(result, Err(TransferError::Different { table: "users", .. })), "{result:?}");
}

#[test]
fn everything_is_copied_however_it_falls_into_pages() {
    let page = i64::from(PAGE_ROWS);
    for count in [0, 1, page - 1, page, page + 1, 2 * page] {
        let (mut source, mut target) = (users(count), users(0));
        let report = run(&mut source, &mut target).0.unwrap();
        assert_eq!(report[0].rows, count.cast_unsigned());
        assert_eq!(report.iter().map(|copied| copied.table).collect::<Vec<_>>().len(), TABLES.len());
        // A table without rows has no entry in the target.
        source.tables.retain(|_, rows| !rows.is_empty());
        target.tables.retain(|_, rows| !rows.is_empty());
        assert_eq!(source.tables, target.tables);
    }
}

#[test]
fn a_row_that_was_changed_lost_or_added_on_its_way_is_noticed() {
    check_different(Fake { spoils: Some(|rows| rows[0][5] = Value::Null), ..Fake::default() });
    check_different(Fake { spoils: Some(|rows| rows[0][5] = Value::Text("Amina".to_owned())), ..Fake::default() });
    check_different(Fake { spoils: Some(|rows| drop(rows.pop())), ..Fake::default() });
    check_different(Fake { spoils: Some(|rows| rows.push(user(9, "eve"))), ..Fake::default() });
    check_different(Fake { spoils: Some(|rows| rows.swap(0, 1)), ..Fake::default() });
}

#[test]
fn a_side_that_gives_fewer_rows_than_it_counts_is_noticed() {
    let (result, _) = run(&mut Fake { miscounts: 1, ..users(3) }, &mut Fake::default());
    assert!(matches!(result, Err(TransferError::Miscounted { table: "users", counted: 4, read: 3 })), "{result:?}");
}

#[test]
fn nothing_is_committed_once_a_write_has_failed() {
    let (result, _) = run(&mut users(3), &mut Fake { fails_at: Some("sequences"), ..Fake::default() });
    assert!(matches!(result, Err(TransferError::Target(StoreError::TimedOut))), "{result:?}");
}

#[test]
fn a_target_with_any_row_is_refused_before_anything_is_read() {
    for table in TABLES.iter().filter(|table| !table.is_filled_when_made) {
        let mut target = Fake { tables: BTreeMap::from([(table.name, vec![user(1, "amina")])]), ..Fake::default() };
        let (result, seen) = run(&mut users(3), &mut target);
        let is_refused =
            matches!(result, Err(TransferError::NotEmpty { table: named, rows: 1 }) if named == table.name);
        assert!(is_refused && seen.is_empty(), "{}", table.name);
    }
}

#[test]
fn progress_names_each_table_twice_and_adds_up_to_its_rows() {
    let (result, seen) = run(&mut users(2500), &mut Fake::default());
    result.unwrap();
    let mut expected = Vec::new();
    for work in [Work::Copying, Work::Verifying] {
        for table in TABLES {
            let pages: &[u64] = match table.name {
                "users" => &[1000, 1000, 500],
                "sequences" => &[1],
                _ => &[],
            };
            expected.push(Progress::Begun { work, table: table.name, rows: pages.iter().sum() });
            expected.extend(pages.iter().copied().map(Progress::Rows));
        }
    }
    assert_eq!(seen, expected);
}

#[test]
fn no_two_rows_have_one_checksum() {
    let text = |text: &str| Value::Text(text.to_owned());
    let rows: Vec<Vec<Row>> = vec![
        vec![],
        vec![vec![]],
        vec![vec![Value::Null]],
        vec![vec![Value::Null, Value::Null]],
        vec![vec![Value::Null], vec![Value::Null]],
        vec![vec![text("")]],
        vec![vec![text("-")]],
        vec![vec![text("a"), text("b")]],
        vec![vec![text("a;t1:b")]],
        vec![vec![text("ab"), text("")]],
        vec![vec![text("é")]],
        vec![vec![text("e\u{301}")]],
        vec![vec![text("1")]],
        vec![vec![Value::Number(1)]],
        vec![vec![Value::Number(-1)]],
        vec![vec![Value::Flag(true)]],
        vec![vec![Value::Bytes(vec![1])]],
        vec![vec![Value::Bytes(vec![1; 16])]],
        vec![vec![Value::Uuid(uuid::Uuid::from_bytes([1; 16]))]],
    ];
    let sum = |rows: &Vec<Row>| {
        let mut digest = Digest::default();
        digest.add(rows);
        digest.finish("t").checksum
    };
    let sums: std::collections::BTreeSet<_> = rows.iter().map(sum).collect();
    assert_eq!(sums.len(), rows.len());
}

#[test]
fn the_checksum_is_that_of_a_text_that_anybody_can_write() {
    let mut digest = Digest::default();
    digest.add(&[vec![Value::Number(7), Value::Null, Value::Flag(false), Value::Text("é".to_owned())]]);
    // printf 'n7;-;f0;t2:é;\n' | sha256sum
    let expected = "381be9f930af8079f91b7a047c3309f8017ee241692fc9e8753e780f44594b3f";
    assert_eq!(digest.finish("t").checksum, expected);
}
