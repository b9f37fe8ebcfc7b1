//! What mails say, in every language, whatever people are called.

#![expect(clippy::unwrap_used, reason = "a test whose own values are wrong shall stop")]

use guestlist_core::ids::GroupId;
use guestlist_core::invitation::InvitationTokenHash;
use guestlist_core::language::{Language, Languages};
use guestlist_core::mail::{Letter, Mail, MailKind, Recipient};
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::names::{DisplayName, Email, Note};
use guestlist_core::time::Timestamp;
use guestlist_mail::render::{Greeting, Links, Rendered, Sample, Templates};
use insta::assert_snapshot;
use proptest::prelude::*;

const AT: Timestamp = Timestamp::from_days(20_790);

fn letter(kind: MailKind, languages: Languages) -> Letter {
    let group = GroupId::new(1).unwrap();
    let invites = kind.invites();
    Letter {
        mail: Mail::new(kind, group, Recipient::Owners, None, None, AT, AT).id,
        kind,
        group,
        attempt: 1,
        is_withheld: false,
        to: Email::parse("new@example.org").unwrap(),
        reader: (kind != MailKind::Invitation).then(|| DisplayName::parse("Bilal").unwrap()),
        languages,
        group_name: DisplayName::parse("Night Circle").unwrap(),
        person: Some("Amina".to_owned()),
        roles: if invites { RoleSet::of(&[Role::Moderator]) } else { RoleSet::NONE },
        note: invites.then(|| Note::parse("Come on Friday!\nSee www.example.org").unwrap()),
        expires_at: Some(AT),
        secret: (invites || kind == MailKind::SignIn).then_some(InvitationTokenHash([0; 32])),
    }
}

const fn alone(first: Language) -> Languages {
    Languages { first, second: None }
}

fn links(letter: &Letter) -> Links {
    let open = letter.secret.map(|_| "https://example.org/invitations/gli_secret".to_owned());
    Links { stop: open.clone().filter(|_| letter.kind.invites()).map(|url| url + "#never"), open }
}

fn render(letter: &Letter) -> Rendered {
    Templates::built_in().unwrap().render(letter, &links(letter), "Circles").unwrap()
}

fn shown(rendered: &Rendered) -> String {
    format!("{}\n\n{}", rendered.subject, rendered.text).replace('\u{2068}', "<").replace('\u{2069}', ">")
}

#[test]
fn every_mail_in_english() {
    for kind in MailKind::ALL {
        assert_snapshot!(format!("en-{}", kind.as_str()), shown(&render(&letter(kind, alone(Language::English)))));
    }
}

#[test]
fn every_mail_in_arabic() {
    for kind in MailKind::ALL {
        assert_snapshot!(format!("ar-{}", kind.as_str()), shown(&render(&letter(kind, alone(Language::Arabic)))));
    }
}

#[test]
fn an_invitation_in_every_language() {
    for language in Language::ALL {
        let name = format!("invitation-{}", language.as_str());
        assert_snapshot!(name, shown(&render(&letter(MailKind::Invitation, alone(language)))));
    }
}

#[test]
fn an_invitation_to_the_installation_in_every_language() {
    for languages in Language::ALL.map(alone) {
        let greeting =
            Greeting { person: Some("Maryam".to_owned()), url: "https://circles.example.org".to_owned(), languages };
        let rendered = Templates::built_in().unwrap().render_greeting(&greeting, "Circles").unwrap();
        assert_snapshot!(format!("greeting-{}", languages.first.as_str()), shown(&rendered));
    }
}

#[test]
fn to_whom_nothing_is_known_of_is_written_in_two_languages() {
    let languages = Languages { first: Language::Urdu, second: Some(Language::English) };
    let rendered = render(&letter(MailKind::Invitation, languages));
    assert_snapshot!("invitation-ur-en", shown(&rendered));
    let (first, second) = (rendered.html.find(r#"lang="ur" dir="rtl""#), rendered.html.find(r#"lang="en" dir="ltr""#));
    assert!(first < second && second.is_some(), "{}", rendered.html);
    assert_snapshot!("html-ur-en", rendered.html);
}

#[test]
fn the_html_of_an_invitation() {
    for language in [Language::English, Language::Arabic] {
        let name = format!("html-{}", language.as_str());
        assert_snapshot!(name, render(&letter(MailKind::Invitation, alone(language))).html);
    }
}

fn unescaped(html: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/"), ("&amp;", "&")];
    entities.iter().fold(html.to_owned(), |text, (entity, c)| text.replace(entity, c))
}

/// The text of a page, as a reader sees it.
fn text_of(html: &str) -> String {
    let body = html.split_once("<body").unwrap().1;
    let mut text = String::new();
    let mut is_tag = true;
    for c in body.chars() {
        match c {
            '<' => is_tag = true,
            '>' if is_tag => is_tag = false,
            c if !is_tag => text.push(c),
            _ => {}
        }
    }
    unescaped(&text)
}

#[test]
fn text_and_html_say_the_same() {
    for kind in MailKind::ALL {
        for language in Language::ALL {
            let rendered = render(&letter(kind, alone(language)));
            let html = text_of(&rendered.html);
            for line in rendered.text.lines().map(str::trim).filter(|line| !line.is_empty()) {
                let line = line.strip_prefix("> ").unwrap_or(line);
                let is_there = html.contains(line) || unescaped(&rendered.html).contains(line);
                // A label of the text has a colon, where the address stands in the next line.
                assert!(is_there || html.contains(line.trim_end_matches(':')), "{kind:?} {language:?}: {line}\n{html}");
            }
        }
    }
}

/// The tags of a page that nothing closes, or that close nothing.
fn unbalanced(html: &str) -> Vec<String> {
    let mut open: Vec<&str> = Vec::new();
    let mut wrong = Vec::new();
    for part in html.split('<').skip(1) {
        let tag = part.split('>').next().unwrap();
        let name = tag.split([' ', '\n']).next().unwrap();
        match name.strip_prefix('/') {
            Some(name) if open.last() == Some(&name) => drop(open.pop()),
            Some(_) => wrong.push(tag.to_owned()),
            None if ["!DOCTYPE", "meta", "br"].contains(&name) => {}
            None => open.push(name),
        }
        if tag.matches('"').count() % 2 != 0 {
            wrong.push(tag.to_owned());
        }
    }
    wrong.extend(open.into_iter().map(str::to_owned));
    wrong
}

#[test]
fn every_page_is_well_formed_and_says_its_language() {
    for Sample { letter, links } in Sample::all() {
        let html = Templates::built_in().unwrap().render(&letter, &links, Sample::INSTALLATION).unwrap().html;
        assert_eq!(unbalanced(&html), [""; 0], "{html}");
        let first = letter.languages.first;
        let dir = if first.is_right_to_left() { "rtl" } else { "ltr" };
        assert!(html.contains(&format!("<html lang=\"{}\" dir=\"{dir}\">", first.as_str())), "{html}");
    }
}

#[test]
fn no_sentence_has_a_gap() {
    for Sample { letter, links } in Sample::all() {
        let rendered = Templates::built_in().unwrap().render(&letter, &links, "Circles").unwrap();
        let said = format!("{}\n{}", rendered.subject, rendered.text);
        for gap in ["{", "}", "$", "None", "none", "undefined", "\u{2068}\u{2069}", "  ", " .", " ,"] {
            assert!(!said.contains(gap), "{gap:?} in {:?}:\n{said}", letter.kind);
        }
        assert!(!said.lines().any(|line| line.ends_with(' ')), "{said}");
    }
}

#[test]
fn roles_are_listed_as_the_language_lists() {
    for (language, listed) in [(Language::English, "moderator, leader"), (Language::Arabic, "مشرف، قائد")] {
        let mut letter = letter(MailKind::Invitation, alone(language));
        letter.roles = RoleSet::of(&[Role::Moderator, Role::Leader]);
        let text = render(&letter).text;
        assert!(text.contains(listed), "{text}");
    }
}

#[test]
fn nothing_in_a_mail_is_fetched_from_anywhere() {
    for kind in MailKind::ALL {
        let letter = letter(kind, alone(Language::German));
        let html = unescaped(&render(&letter).html);
        let ours = links(&letter);
        let ours: Vec<String> = [ours.open, ours.stop].into_iter().flatten().collect();
        for part in html.split("http").skip(1) {
            let url = format!("http{}", part.split(['"', '<']).next().unwrap());
            assert!(ours.contains(&url), "{url}");
        }
        for word in ["<img", "<script", "<link", "<iframe", "url(", "@import", "src="] {
            assert!(!html.contains(word), "{word}");
        }
    }
}

#[test]
fn no_mail_program_takes_a_note_for_a_link() {
    let rendered = render(&letter(MailKind::Invitation, alone(Language::English)));
    assert!(!rendered.text.contains("www.example.org") && !rendered.html.contains("www.example.org"));
    assert!(rendered.text.contains("www.\u{200c}example.\u{200c}org"), "{}", rendered.text);
}

#[test]
fn no_mail_program_takes_a_name_for_a_link() {
    let name = "win at https://evil.example/x or mail a@evil.example, see evil。example";
    for kind in MailKind::ALL {
        let mut letter = letter(kind, Languages { first: Language::Arabic, second: Some(Language::English) });
        letter.group_name = DisplayName::parse(name).unwrap();
        letter.reader = Some(DisplayName::parse(name).unwrap());
        letter.person = Some(name.to_owned());
        let rendered = Templates::built_in().unwrap().render(&letter, &links(&letter), name).unwrap();
        let said = [rendered.subject.as_str(), &rendered.text, &unescaped(&rendered.html)].concat();
        for link in ["https://evil", "//evil", "evil.example", "a@evil", "evil。example"] {
            assert!(!said.contains(link), "{link}: {said}");
        }
    }
}

#[test]
fn a_name_in_which_nobody_is_named_is_none() {
    let mut letter = letter(MailKind::Accepted, alone(Language::English));
    letter.person = Some("\u{202e}".to_owned());
    letter.reader = DisplayName::parse("\u{202e}").ok();
    let rendered = render(&letter);
    assert_eq!(rendered.subject, "Somebody has accepted your invitation to Night Circle");
    assert!(rendered.text.starts_with("Hello,"), "{}", rendered.text);
}

#[test]
fn a_name_that_is_absurdly_long_is_cut() {
    let mut letter = letter(MailKind::Approved, alone(Language::English));
    letter.group_name = DisplayName::parse(&"x".repeat(DisplayName::MAX_CHARS)).unwrap();
    assert_eq!(render(&letter).subject, format!("You are now a member of {}…", "x".repeat(79)));
}

#[test]
fn the_templates_that_come_with_guestlist_have_no_problems() {
    assert_eq!(Templates::built_in().unwrap().check(), []);
}

/// The mails that have an address for their reader in them.
const WITH_ADDRESS: [&str; 4] = ["invitation", "reminder", "sign_in", "server-invitation"];

#[test]
fn a_template_of_the_operators_is_used_for_its_kind_or_for_all() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mail.txt"), "{% for part in parts %}{{ part.text }}{% endfor %}").unwrap();
    std::fs::write(folder.path().join("reminder.txt"), "{{ kind }}!").unwrap();
    let templates = Templates::with_overrides(folder.path()).unwrap();
    let text = |kind| {
        let letter = letter(kind, alone(Language::English));
        templates.render(&letter, &links(&letter), "Circles").unwrap().text
    };
    assert_eq!(text(MailKind::Reminder), "reminder!");
    assert_eq!(text(MailKind::Approved), "You are now a member of the group Night Circle.");
    // Neither has the address that the reader needs.
    let problems = templates.check();
    assert!(problems.iter().any(|problem| problem.what.contains("does not have the address")), "{problems:?}");
    assert!(problems.iter().all(|problem| WITH_ADDRESS.contains(&problem.kind)), "{problems:?}");
}

/// What is wrong with a file of the operator's, found before any mail is written or by the check.
fn wrong_with(file: &str, source: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("locales")).unwrap();
    std::fs::write(folder.path().join(file), source).unwrap();
    match Templates::with_overrides(folder.path()) {
        Ok(templates) => templates.check().first().unwrap().what.clone(),
        Err(error) => error.to_string().replace(&*folder.path().to_string_lossy(), "FOLDER"),
    }
}

#[test]
fn words_of_the_operators_are_used_in_their_language() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("locales")).unwrap();
    std::fs::write(folder.path().join("locales/de.ftl"), "approved-subject = Willkommen bei { $group }!").unwrap();
    let templates = Templates::with_overrides(folder.path()).unwrap();
    let subject = |language| {
        templates.render(&letter(MailKind::Approved, alone(language)), &Links::default(), "Circles").unwrap().subject
    };
    assert_eq!(subject(Language::German), "Willkommen bei Night Circle!");
    assert_eq!(subject(Language::English), "You are now a member of Night Circle");
    assert_eq!(templates.check(), []);
}

#[test]
fn what_is_wrong_with_words_is_said_with_the_file_and_the_line() {
    let wrong = [
        ("greeting = Hallo\n\nfooter\n", "line 3: Expected a token starting with \"=\""),
        ("hello = Hallo", "there is no message called hello"),
        ("greeting = Hallo { $dog }", "the message greeting is not given $dog"),
    ];
    for (source, what) in wrong {
        let said = format!("FOLDER/locales/de.ftl: {what}; correct it, or leave it out to have guestlist's own words");
        assert_eq!(wrong_with("locales/de.ftl", source), said);
    }
}

#[test]
fn the_check_tries_mails_without_what_can_be_absent() {
    let own = "{% for part in parts %}{{ part.button.url }} {{ part.stop.url }}\n{{ part.note.by }}{% endfor %}";
    assert!(wrong_with("invitation.txt", own).starts_with("the template invitation.txt, line 2: undefined value"));
}

#[test]
fn the_check_finds_names_that_are_not_escaped() {
    let own = "{% for part in parts %}{{ part.text|safe }}{% endfor %}";
    let said = "the HTML has a name or a note in it that is not escaped; leave out \"|safe\"";
    assert_eq!(wrong_with("approved.html", own), said);
}

#[test]
fn a_template_that_cannot_be_carried_out_is_an_error_and_no_half_mail() {
    let wrong = ["{{ nothing }}", "{% if %}", "{% for i in range(9999999) %}{{ i }}{% endfor %}", "{{ parts.x.y }}"];
    for source in wrong {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("mail.html"), source).unwrap();
        let what = match Templates::with_overrides(folder.path()) {
            Err(error) => error.to_string(),
            Ok(templates) => {
                let letter = letter(MailKind::Approved, alone(Language::English));
                templates.render(&letter, &Links::default(), "Circles").unwrap_err().to_string()
            }
        };
        assert!(what.starts_with("the template mail.html"), "{source}: {what}");
    }
}

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\r\nBcc: all@example.org".to_owned()),
        Just("<script>alert(1)</script>".to_owned()),
        Just("\" onmouseover=\"x".to_owned()),
        Just("{{ parts }}{% raw %}".to_owned()),
        Just("\u{202e}\u{2067}\u{2069}\u{2028}".to_owned()),
        Just("ليلة".to_owned()),
        "[ -~]{1,20}",
        ".{1,10}",
    ];
    proptest::collection::vec(piece, 1..5).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_name_gets_out_of_its_place(group in hostile(), person in hostile(), reader in hostile(), note in hostile(), installation in hostile()) {
        let mut letter = letter(MailKind::Invitation, alone(Language::English));
        if let Ok(name) = DisplayName::parse(&group) {
            letter.group_name = name;
        }
        letter.person = Some(person);
        letter.reader = DisplayName::parse(&reader).ok();
        letter.note = Note::parse(&note).ok();
        let rendered = Templates::built_in().unwrap().render(&letter, &links(&letter), &installation).unwrap();
        prop_assert!(!rendered.subject.chars().any(char::is_control), "{:?}", rendered.subject);
        let whole = [rendered.subject.as_str(), &rendered.text, &rendered.html].concat();
        let marks = ['\u{202a}', '\u{202b}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}'];
        let has_marks = whole.contains(marks);
        prop_assert!(!has_marks);
        prop_assert_eq!(whole.matches('\u{2068}').count(), whole.matches('\u{2069}').count());
        let tags = |html: &str| html.matches('<').count();
        let mut plain = letter.clone();
        plain.person = Some("x".to_owned());
        plain.group_name = DisplayName::parse("x").unwrap();
        plain.reader = letter.reader.as_ref().map(|_| DisplayName::parse("x").unwrap());
        plain.note = letter.note.as_ref().map(|note| Note::parse(&vec!["x"; note.as_str().lines().count()].join("\n")).unwrap());
        let plain = Templates::built_in().unwrap().render(&plain, &links(&letter), "x").unwrap();
        prop_assert_eq!(tags(&rendered.html), tags(&plain.html));
        prop_assert!(!rendered.html.contains("onmouseover=\""));
    }
}
