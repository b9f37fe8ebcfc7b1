//! The page behind an invitation's link, as browsers, mail scanners and mail programs see it.

#![expect(clippy::unwrap_used, reason = "a test whose own values are wrong shall stop")]

mod world;

use guestlist_core::command::{
    Admission, ArchiveGroup, Expiry, GroupPatch, Invite, RefuseInvitations, RevokeInvitation, TakeMail, Target,
};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::InvitationId;
use guestlist_core::invitation::{InvitationRef, InvitationState};
use guestlist_core::language::Language;
use guestlist_core::member::RoleSet;
use guestlist_core::names::{Description, DisplayName, Email};
use guestlist_core::opt_out::InvitationsFrom;
use guestlist_core::ports::Clock as _;
use guestlist_core::time::Lifetime;
use guestlist_core::user::UserRef;
use guestlist_identity::token::PlainToken;
use guestlist_testing::TestApp;
use insta::assert_snapshot;

use self::world::{ENROL, World};

#[tokio::test]
async fn the_page_tells_who_invites_to_what_and_asks_for_a_name_and_a_password() {
    let world = World::with("new@example.org").await;
    assert_snapshot!("open-en", world.get("en").await.text);
    assert_snapshot!("open-ar", world.get("ar").await.text);
}

#[tokio::test]
async fn the_page_is_there_in_every_language_without_a_word_missing() {
    let world = World::with("new@example.org").await;
    world.change(GroupPatch { is_token_enough: Some(true), ..GroupPatch::default() }).await;
    for language in Language::ALL {
        let page = world.get(language.as_str()).await;
        assert_eq!(page.status, 200);
        let dir = if language.is_right_to_left() { "rtl" } else { "ltr" };
        assert!(page.text.contains(&format!(r#"<html lang="{}" dir="{dir}">"#, language.as_str())), "{}", page.text);
        // A word that is missing would be shown by its name.
        for name in ["open-title", "enrol-text", "other-text", "never-text", "note-by", "accept\"", "decline<"] {
            assert!(!page.text.contains(&format!(">{name}<")), "{name}: {}", page.text);
        }
    }
}

#[tokio::test]
async fn somebody_without_an_account_opens_one_and_is_a_member() {
    let world = World::with("new@example.org").await;
    let answer = world.post("/accept", ENROL).await;
    assert_eq!((answer.status, answer.header("location")), (303, format!("{}?lang=en", world.path("")).as_str()));
    let read = world.app.store().read();
    let user = read.user(UserRef::Email(Email::parse("new@example.org").unwrap())).await.unwrap().unwrap();
    assert_eq!(user.name, DisplayName::parse("Bilal Al Jadid").ok());
    assert!(world.is_member(user.id).await);
    assert_eq!(world.state().await, InvitationState::Accepted);
    assert_eq!(world.title().await, "You are a member of night-circle");
    // Rocket.Chat's clients sign in with it.
    let login = r#"{"user":"new@example.org","password":"a long secret"}"#;
    let login = world.app.request("POST", "/api/v1/login").header("content-type", "application/json").body(login);
    assert_eq!(login.send().await.status, 200);
}

#[tokio::test]
async fn what_is_missing_is_said_beside_its_field_and_nothing_is_done() {
    let world = World::with("new@example.org").await;
    let answer = world.post("/accept", "name=++&password=short").await;
    assert_eq!(answer.status, 422);
    for part in [r#"role="alert""#, r##"href="#name""##, r##"href="#password""##, "name-error", "password-error"] {
        assert!(answer.text.contains(part), "{part}: {}", answer.text);
    }
    let kept = world.post("/accept", "name=%22%3E%3Cscript%3E&password=short").await.text;
    assert!(kept.contains("&#34;&#62;&#60;script&#62;") && !kept.contains("<script"), "{kept}");
    assert!(!kept.contains("short"), "a password is never shown again");
    assert_eq!(world.state().await, InvitationState::Pending);
}

#[tokio::test]
async fn somebody_with_an_account_accepts_with_one_button() {
    let app = TestApp::new().await;
    let (owner, bilal) = (app.person("amina").await, app.person("bilal").await);
    let group = app.group("night-circle", &owner).await;
    let address = UserRef::Email(Email::parse("bilal@example.org").unwrap());
    let world = World::invited(app, owner, group, address).await;
    assert!(!world.get("en").await.text.contains("password"));
    assert_eq!(world.post("/accept", "").await.status, 303);
    assert!(world.is_member(bilal.user.id).await);
    // Again, by whoever has pressed twice.
    assert_eq!(world.post("/accept", "").await.status, 303);
}

#[tokio::test]
async fn declining_needs_no_account() {
    let world = World::with("new@example.org").await;
    assert_eq!(world.post("/decline", "").await.status, 303);
    assert_eq!(world.state().await, InvitationState::Declined);
    assert_eq!(world.title().await, "You have declined the invitation");
}

#[tokio::test]
async fn refusing_for_good_declines_too_and_can_be_taken_back() {
    for from in ["group", "inviter", "everyone"] {
        let world = World::with("new@example.org").await;
        assert_eq!(world.post("/refuse", &format!("from={from}")).await.status, 303);
        assert_eq!(world.state().await, InvitationState::Declined);
        let page = world.get("en").await.text;
        assert!(page.contains("You get no more such invitations"), "{page}");
        assert_eq!(world.post("/allow", "").await.status, 303);
        assert!(!world.get("en").await.text.contains("You get no more such invitations"));
    }
}

#[tokio::test]
async fn what_somebody_refuses_elsewhere_is_not_told_here() {
    let app = TestApp::new().await;
    let (owner, bilal, other) = (app.person("amina").await, app.person("bilal").await, app.person("other").await);
    let (group, elsewhere) = (app.group("night-circle", &owner).await, app.group("elsewhere", &other).await);
    let world = World::invited(app, owner, group, UserRef::Id(bilal.user.id)).await;
    let from = InvitationsFrom::Group(elsewhere.group.id);
    let refuse = RefuseInvitations { by: Some(bilal.user.id), invitation: None, from };
    world.app.store().submit(refuse).await.unwrap();
    let page = world.get("en").await.text;
    assert!(!page.contains("Allow them again") && page.contains("No more from anybody"), "{page}");
}

#[tokio::test]
async fn a_mail_program_stops_all_invitations_with_one_click() {
    let multipart = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
    for (kind, form) in [
        ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
        ("multipart/form-data; boundary=x", multipart),
    ] {
        let world = World::with("new@example.org").await;
        let request = world.app.request("POST", &world.path("")).header("content-type", kind).body(form);
        let answer = request.header("sec-fetch-site", "cross-site").send().await;
        assert_eq!((answer.status, answer.text.as_str()), (200, "You get no more invitations.\n"));
        assert_eq!(answer.header("set-cookie"), "");
        // The next one is not sent.
        let ask = Invite {
            by: world.owner.user.id,
            group: GroupRef::Id(world.group.group.id),
            targets: vec![Target {
                who: UserRef::Email(Email::parse("new@example.org").unwrap()),
                invitation: InvitationId::generate(world.app.clock.now(), &guestlist_testing::SeededEntropy::new(10)),
            }],
            roles: RoleSet::NONE,
            admission: Admission::OnAcceptance(Expiry::Usual),
            batch: None,
            language: None,
            note: None,
        };
        world.app.store().submit(ask).await.unwrap();
        world.app.clock.advance_millis(1);
        let hash = PlainToken::presented("gli_z").unwrap().invitation_hash();
        let taken = TakeMail { due_by: world.app.clock.now(), secrets: vec![hash] };
        let taken = world.app.store().submit(taken).await.unwrap();
        assert!(taken.letters.iter().all(|letter| letter.is_withheld) && !taken.letters.is_empty());
    }
}

#[tokio::test]
async fn opening_the_page_a_hundred_times_changes_nothing() {
    let world = World::with("new@example.org").await;
    let before = rows(&world);
    for n in 0..100 {
        let method = if n % 3 == 0 { "HEAD" } else { "GET" };
        let request = world.app.request(method, &world.path("")).header("user-agent", "Scanner/1.0");
        let request = if n % 2 == 0 {
            request
                .header("sec-fetch-mode", "navigate")
                .header("sec-fetch-dest", "document")
                .header("sec-purpose", "prefetch")
        } else {
            request
        };
        assert_eq!(request.send().await.status, 200);
        for action in ["/accept", "/decline", "/refuse", "/allow", "/sign-in"] {
            assert_eq!(world.app.request("GET", &world.path(action)).send().await.status, 405);
        }
    }
    assert_eq!(rows(&world), before);
}

/// How much was written so far.
fn rows(world: &World) -> (i64, i64) {
    let database = rusqlite::Connection::open(world.app.database()).unwrap();
    let count = |sql: &str| database.query_row(sql, [], |row| row.get(0)).unwrap();
    (count("SELECT count(*) FROM events"), count("SELECT next FROM sequences WHERE name = 'positions'"))
}

#[tokio::test]
async fn a_person_who_opens_the_page_is_noted_once() {
    let world = World::with("new@example.org").await;
    let open = || {
        let request = world.app.request("GET", &world.path("")).header("sec-fetch-mode", "navigate");
        request.header("sec-fetch-dest", "document").send()
    };
    open().await;
    let after = rows(&world);
    open().await;
    assert_eq!(rows(&world), after);
    let view = world.app.store().read().invitation(InvitationRef::Id(world.invitation)).await.unwrap().unwrap();
    assert_eq!((view.invitation.seen_at, view.invitation.remind_at), (Some(world.app.clock.now()), None));
}

#[tokio::test]
async fn each_end_of_an_invitation_has_words_of_its_own() {
    let world = World::with("new@example.org").await;
    world.app.clock.advance_millis(Lifetime::from_days(7).as_millis());
    assert_eq!(world.title().await, "This invitation has expired");
    assert_eq!(world.post("/accept", ENROL).await.status, 303, "the page tells why not");

    let world = World::with("new@example.org").await;
    let revoke = RevokeInvitation { by: world.owner.user.id, invitation: world.invitation };
    world.app.store().submit(revoke).await.unwrap();
    assert_eq!(world.title().await, "This invitation was withdrawn");

    let world = World::with("new@example.org").await;
    let archive = ArchiveGroup { by: world.owner.user.id, group: GroupRef::Id(world.group.group.id) };
    world.app.store().submit(archive).await.unwrap();
    assert_eq!(world.title().await, "night-circle takes in nobody at the moment");
    assert_eq!(world.post("/accept", ENROL).await.status, 303);
    assert_eq!(world.state().await, InvitationState::Pending);

    let world = World::with("new@example.org").await;
    world.change(GroupPatch { members_max: Some(Some(1)), ..GroupPatch::default() }).await;
    world.post("/accept", ENROL).await;
    assert_eq!(world.title().await, "You are on the waiting list of night-circle");
}

#[tokio::test]
async fn a_wrong_link_is_a_page_that_tells_nothing() {
    let world = World::with("new@example.org").await;
    let wrong = ["x", "gli_", "glt_aaaa", &format!("gli_{}", "z".repeat(43)), "%00", &"a".repeat(600)];
    let mut pages = Vec::new();
    for secret in wrong {
        let answer = world.app.request("GET", &format!("/invitations/{secret}?lang=en")).send().await;
        assert_eq!(answer.status, 404, "{secret}");
        pages.push(answer.text.replace(secret, "SECRET"));
    }
    assert!(pages[0].contains("There is no such invitation"), "{}", pages[0]);
}

#[tokio::test]
async fn another_account_gets_a_link_of_its_own_by_mail() {
    let app = TestApp::new().await;
    let (owner, bilal) = (app.person("amina").await, app.person("bilal").await);
    let group = app.group("night-circle", &owner).await;
    let address = UserRef::Email(Email::parse("other@example.org").unwrap());
    let mut world = World::invited(app, owner, group, address).await;
    assert!(!world.get("en").await.text.contains("another address"), "the group insists on the address");
    world.change(GroupPatch { is_token_enough: Some(true), ..GroupPatch::default() }).await;
    assert!(world.get("en").await.text.contains("I have an account with another address"));

    assert_eq!(world.post("/sign-in", "address=nonsense").await.status, 422);
    let unknown = world.post("/sign-in", "address=nobody%40example.org").await;
    let known = world.post("/sign-in", "address=bilal%40example.org").await;
    assert_eq!((known.status, &known.text), (200, &unknown.text), "nobody learns whether there is an account");
    world.secret = world.mailed(2).await;
    assert_eq!(world.title().await, "amina the person invites you to night-circle");
    world.app.clock.advance_millis(31 * 60_000);
    assert_eq!(world.title().await, "This link works for half an hour only");
    world.app.clock.advance_millis(-2 * 60_000);
    assert_eq!(world.post("/accept", "").await.status, 303);
    assert!(world.is_member(bilal.user.id).await);
}

#[tokio::test]
async fn links_to_sign_in_are_sent_only_so_often() {
    let world = World::with("new@example.org").await;
    for _ in 0..5 {
        assert_eq!(world.post("/sign-in", "address=nobody%40example.org").await.status, 200);
    }
    assert_eq!(world.post("/sign-in", "address=nobody%40example.org").await.status, 429);
}

#[tokio::test]
async fn a_form_of_somebody_elses_page_does_nothing() {
    let world = World::with("new@example.org").await;
    for action in ["/accept", "/decline", "/refuse", "/allow", "/sign-in"] {
        let request = world.app.request("POST", &world.path(action)).header("sec-fetch-site", "cross-site");
        assert_eq!(request.body(ENROL).send().await.status, 403, "{action}");
    }
    assert_eq!(world.state().await, InvitationState::Pending);
}

#[tokio::test]
async fn every_answer_keeps_the_page_to_itself() {
    let world = World::with("new@example.org").await;
    let missing = world.app.request("GET", "/invitations/x").send().await;
    let large = world.post("/accept", &"x".repeat(100_000)).await;
    for answer in [world.get("en").await, missing, large, world.post("/decline", "").await] {
        let policy = answer.header("content-security-policy");
        for part in ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-robots-tag"), "noindex, nofollow");
    }
    let page = world.get("en").await.text;
    assert!(!page.contains("<script") && !page.contains("style=") && !page.contains("onclick"), "{page}");
    let style = page.split_once("stylesheet\" href=\"").unwrap().1.split_once('"').unwrap().0;
    let style = world.app.request("GET", style).send().await;
    assert_eq!((style.status, style.header("content-type")), (200, "text/css; charset=utf-8"));
}

#[tokio::test]
async fn a_long_description_is_there_in_full_and_folded() {
    let world = World::with("new@example.org").await;
    let lines: Vec<String> = (1..=100).map(|n| format!("line {n}.")).collect();
    world.change(GroupPatch { description: Description::parse(&lines.join("\n")).ok(), ..GroupPatch::default() }).await;
    let page = world.get("en").await.text;
    let folded = page.split_once("<details>").unwrap().1.split_once("</details>").unwrap().0;
    assert!(lines.iter().all(|line| folded.contains(line)), "{folded}");
}

#[tokio::test]
async fn what_people_write_is_text_and_nothing_else() {
    let world = World::with("new@example.org").await;
    let name = DisplayName::parse("<script>alert(1)</script>\u{202e}").unwrap();
    let description = Description::parse("\"><img src=x onerror=y>\nsecond").unwrap();
    world.change(GroupPatch { name: Some(name), description: Some(description), ..GroupPatch::default() }).await;
    let page = world.get("en").await.text;
    assert!(
        !page.contains("<script") && !page.contains("<img") && !page.contains("<b>") && !page.contains('\u{202e}'),
        "{page}"
    );
    assert!(page.contains("&#60;b&#62;Really"), "{page}");
}
