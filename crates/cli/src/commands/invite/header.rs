//! The first line of a CSV file: which of its columns say whom to invite, and as what.

use anyhow::{Context as _, bail};

use super::people::Kind;

/// What the columns of a file mean.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Their names, as they are written.
    pub(super) columns: Vec<String>,
    /// The one that says whom to invite, and in which way.
    pub(super) who: (usize, Kind),
    /// The one that says as what.
    pub(super) role: Option<usize>,
}

impl Header {
    /// Reads the fields of the line.
    pub(super) fn read(line: u64, fields: &[Vec<u8>]) -> anyhow::Result<Self> {
        let columns: Result<Vec<_>, _> = fields.iter().map(|field| str::from_utf8(field)).collect();
        let columns = columns.with_context(|| format!("line {line} is not in UTF-8; save the file as CSV in UTF-8"))?;
        let mut who: Vec<(usize, Kind)> = Vec::new();
        let mut role = None;
        for (at, name) in columns.iter().enumerate() {
            if let Some(kind) = Kind::of_column(name) {
                who.push((at, kind));
            } else if normal(name) == "role" {
                role = Some(at);
            }
        }
        let columns: Vec<String> = columns.iter().map(|name| name.trim().to_owned()).collect();
        match who[..] {
            [who] => Ok(Self { columns, who, role }),
            [] if columns.iter().any(|name| name.contains('@')) => {
                bail!("line {line} names no columns, it is a person already; put a line above it, such as: email")
            }
            [] => bail!(
                "line {line} has no column that says whom to invite, but {}; name one of them email, username, user_id, uid \
                 or subject",
                list(&columns)
            ),
            [..] => bail!(
                "line {line} says in several columns whom to invite: {}; rename all but one",
                list(&who.iter().map(|(at, _)| columns[*at].clone()).collect::<Vec<_>>())
            ),
        }
    }

    /// The columns that nothing is read from.
    pub(super) fn ignored(&self) -> Vec<&str> {
        let is_read = |at: &usize| *at == self.who.0 || Some(*at) == self.role;
        self.columns.iter().enumerate().filter(|(at, _)| !is_read(at)).map(|(_, name)| name.as_str()).collect()
    }
}

/// A column's name as it is compared.
pub(super) fn normal(name: &str) -> String {
    name.trim().to_ascii_lowercase()
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
}

/// What separates the columns of a file: a comma, or what spreadsheets use where that is for decimals, if the first line
/// makes sense so.
pub(super) fn separator(head: &[u8]) -> u8 {
    let line = head.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let makes_sense = |separator: &u8| {
        line.split(char::from(*separator)).any(|name| Kind::of_column(name.trim().trim_matches('"')).is_some())
    };
    [b',', b';', b'\t'].into_iter().find(makes_sense).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(names: &[&str]) -> anyhow::Result<Header> {
        Header::read(1, &names.iter().map(|name| name.as_bytes().to_vec()).collect::<Vec<_>>())
    }

    #[test]
    fn columns_are_known_by_their_names_wherever_they_stand() {
        let header = read(&["Name", " Email ", "ROLE", "phone"]).unwrap();
        assert_eq!((header.who, header.role), ((1, Kind::Email), Some(2)));
        assert_eq!(header.ignored(), ["Name", "phone"]);
        for (name, kind) in [("user_id", Kind::Id), ("id", Kind::Id), ("uid", Kind::Uid), ("subject", Kind::Subject)] {
            assert_eq!(read(&[name]).unwrap().who, (0, kind));
        }
    }

    #[test]
    fn a_line_that_does_not_say_whom_to_invite_is_explained() {
        let told = |names: &[&str]| read(names).unwrap_err().to_string();
        assert!(told(&["name", "mail"]).contains("but \"name\", \"mail\"; name one of them email"));
        assert!(told(&["amer@quran.com"]).contains("put a line above it"));
        assert!(told(&["email", "id"]).contains("\"email\", \"id\"; rename all but one"));
    }

    #[test]
    fn the_separator_is_the_one_that_makes_sense_of_the_first_line() {
        assert_eq!(separator(b"\nname;email\n1,5;x"), b';');
        assert_eq!(separator(b"\"name\"\t\"email\"\n"), b'\t');
        assert_eq!(separator(b"email\n"), b',');
        assert_eq!(separator(b"what;ever\n"), b',');
    }
}
