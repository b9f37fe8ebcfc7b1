//! What a database finds wrong with itself.

use crate::database::{Database, Place, run};

on_every_engine! {
    a_sound_database_has_nothing_to_find_in_it,
}

async fn a_sound_database_has_nothing_to_find_in_it(db: Database) {
    let amina = db.user("amina").await;
    db.group("circle", &amina).await;
    assert_eq!(db.store.read().integrity().await.unwrap(), Vec::<String>::new());
}

#[test]
fn a_row_that_refers_to_nothing_is_found_in_a_file() {
    run(Place::sqlite(), async |db| {
        let amina = db.user("amina").await;
        db.group("circle", &amina).await;
        db.tamper("PRAGMA foreign_keys = OFF; DELETE FROM users").await;
        let found = db.store.read().integrity().await.unwrap();
        let row = |table: &str| format!("a row of the table {table} refers to a row of users that is not there");
        assert!(found.contains(&row("memberships")) && found.contains(&row("groups")), "{found:?}");
    });
}

#[test]
fn what_is_switched_off_or_left_half_done_is_found_on_a_server() {
    run(Place::postgres(), async |db| {
        db.tamper(
            "ALTER TABLE memberships DISABLE TRIGGER ALL;
             UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'memberships_of_user'::regclass;
             ALTER TABLE users ADD CONSTRAINT odd CHECK (id > 0) NOT VALID",
        )
        .await;
        let mut found = db.store.read().integrity().await.unwrap();
        found.sort();
        assert_eq!(
            found,
            [
                "a trigger of the table memberships is switched off",
                "the constraint odd of the table users is not validated",
                "the index memberships_of_user is not valid",
            ]
        );
    });
}
