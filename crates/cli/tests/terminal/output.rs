//! How it looks.

use std::process::Command;

use crate::support::guestlist;
use crate::support::process::Finished;
use crate::{FAILED, circle, column};

#[test]
fn completions_are_made_for_every_shell() {
    let here = circle();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let mut command = guestlist(here.folder());
        command.args(["completions", shell]);
        let script = Finished::of(command).succeeded().stdout;
        assert!(script.contains("take-over") && script.contains("completions"), "{shell}: {script}");
    }
    let script = here.run(&["completions", "bash"]).succeeded().stdout;
    std::fs::write(here.folder().join("guestlist.bash"), script).unwrap();
    let mut bash = Command::new("bash");
    let ask = "source ./guestlist.bash; COMP_WORDS=(guestlist invitation re); COMP_CWORD=2; _guestlist guestlist re invitation; \
               echo ${COMPREPLY[@]}";
    bash.current_dir(here.folder()).args(["-c", ask]);
    assert_eq!(Finished::of(bash).succeeded().stdout, "resend revoke\n");
}

#[test]
fn columns_are_aligned_whatever_the_script() {
    let here = circle();
    for (username, name) in [("wide", "日本語の名前"), ("arabic", "مريم"), ("plain", "Plain")] {
        here.run(&["user", "add", "--username", username, "--name", name, "--subject", username]).succeeded();
    }
    let listed = here.run(&["user", "list"]).succeeded().stdout;
    let begins = |line: &str, word: &str| {
        let before = line.rsplit_once(word).map_or_else(|| panic!("{word} is not in {line}"), |(before, _)| before);
        before.chars().map(|c| if ('\u{3000}'..'\u{a000}').contains(&c) { 2 } else { 1 }).sum::<usize>()
    };
    let lines: Vec<_> = listed.lines().collect();
    let expected = begins(lines[0], "SUBJECT");
    let found = [(4, "wide "), (5, "arabic "), (6, "plain ")].map(|(line, subject)| begins(lines[line], subject));
    assert_eq!(found, [expected; 3], "{listed}");
}

#[test]
fn a_long_table_is_printed_in_parts_that_are_aligned() {
    let here = circle();
    here.add_crowd(2500);
    let listed = here.run(&["user", "list"]).succeeded().stdout;
    let lines: Vec<_> = listed.lines().collect();
    assert_eq!(lines.len(), 1 + 3 + 2500);
    assert_eq!(lines.iter().filter(|line| line.contains("USERNAME")).count(), 1);
    let column = lines[0].find("CREATED").expect("there is a heading");
    assert!(
        lines[1..].iter().all(|line| line[column..].starts_with("20") || line[column..].starts_with("1970-")),
        "{listed}"
    );
}

#[test]
fn a_refusal_says_the_rule_the_fact_who_can_change_it_and_last_what_to_do() {
    let here = circle();
    let refused = here.run(&["member", "leave", "1", "--as", "maryam"]);
    assert_eq!(refused.code, Some(FAILED));
    insta::assert_snapshot!(refused.stderr, @r"
    error: a group needs an owner
      rule: A living group keeps at least one owner.
      fact: the last owner of groups: 1
      who can change it: a member of the group with the role of owner
      what to do: make somebody else an owner first, with `guestlist member give-role`
    ");
}

#[test]
fn the_exit_codes_are_in_the_help() {
    let here = circle();
    let help = here.run(&["--help"]).succeeded().stdout;
    for code in ["  0  done", "  1  refused", "  2  the command line", "  3  done in part"] {
        assert!(help.contains(code), "{help}");
    }
    assert_eq!(column(&here, &["group", "list"], "slug"), ["circle"]);
}
