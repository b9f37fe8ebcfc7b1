//! The migrations of the two engines go side by side.

#![expect(clippy::unwrap_used, reason = "a test whose own steps fail shall stop there")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn files(engine: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn every_migration_exists_for_both_engines_under_one_name() {
    assert_eq!(files("sqlite"), files("postgres"));
}

#[test]
fn every_migration_is_applied() {
    for engine in ["sqlite", "postgres"] {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(engine).join("schema.rs");
        let source = fs::read_to_string(source).unwrap();
        for file in files(engine) {
            assert!(source.contains(&format!("migrations/{engine}/{file}")), "{engine}/{file}");
        }
    }
}
