//! The page behind an invitation's link in a browser: for people who see little, have a small screen, or use no mouse.

#![expect(clippy::unwrap_used, reason = "a test whose own values are wrong shall stop")]

#[expect(dead_code, reason = "every file of tests uses a part of it")]
mod world;

use std::path::Path;
use std::process::Command;

use guestlist_core::command::{ArchiveGroup, GroupPatch, RevokeInvitation};
use guestlist_core::group::GroupRef;
use guestlist_core::names::{Description, DisplayName, Email};
use guestlist_core::time::Lifetime;
use guestlist_core::user::UserRef;
use guestlist_testing::TestApp;
use tokio::net::TcpListener;

use self::world::{ENROL, World};

/// Serves one world's pages on a port of its own. Returns the address of the invitation.
async fn serve(world: &World) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = world.app.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}{}", world.path(""))
}

/// An invitation to somebody new, with everything that a page can have.
async fn open() -> World {
    let world = World::with("new@example.org").await;
    let patch = GroupPatch {
        name: DisplayName::parse("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk").ok(),
        description: Description::parse("We read together on Friday nights.\nحلقة للقراءة").ok(),
        is_token_enough: Some(true),
        ..GroupPatch::default()
    };
    world.change(patch).await;
    world
}

/// An invitation to an address, of which somebody with an account at another has had a link mailed.
async fn with_another_account() -> World {
    let app = TestApp::new().await;
    let (owner, _) = (app.person("amina").await, app.person("bilal").await);
    let group = app.group("night-circle", &owner).await;
    let address = UserRef::Email(Email::parse("other@example.org").unwrap());
    let mut world = World::invited(app, owner, group, address).await;
    world.change(GroupPatch { is_token_enough: Some(true), ..GroupPatch::default() }).await;
    world.post("/sign-in", "address=bilal%40example.org").await;
    world.secret = world.mailed(2).await;
    world
}

/// One invitation in each state that has a page.
async fn worlds() -> Vec<(&'static str, World)> {
    let mut worlds = vec![("open", open().await), ("known", with_another_account().await)];
    for (name, action, form) in
        [("member", "/accept", ENROL), ("declined", "/decline", ""), ("refusing", "/refuse", "from=everyone")]
    {
        let world = World::with("new@example.org").await;
        assert_eq!(world.post(action, form).await.status, 303);
        worlds.push((name, world));
    }

    let waiting = World::with("new@example.org").await;
    waiting.change(GroupPatch { members_max: Some(Some(1)), ..GroupPatch::default() }).await;
    waiting.post("/accept", ENROL).await;
    worlds.push(("waiting", waiting));

    let expired = World::with("new@example.org").await;
    expired.app.clock.advance_millis(Lifetime::from_days(7).as_millis());
    worlds.push(("expired", expired));

    let revoked = World::with("new@example.org").await;
    let revoke = RevokeInvitation { by: revoked.owner.user.id, invitation: revoked.invitation };
    revoked.app.store().submit(revoke).await.unwrap();
    worlds.push(("revoked", revoked));

    let closed = World::with("new@example.org").await;
    let archive = ArchiveGroup { by: closed.owner.user.id, group: GroupRef::Id(closed.group.group.id) };
    closed.app.store().submit(archive).await.unwrap();
    worlds.push(("closed", closed));

    let mismatch = with_another_account().await;
    mismatch.change(GroupPatch { is_token_enough: Some(false), ..GroupPatch::default() }).await;
    worlds.push(("mismatch", mismatch));

    let stale = with_another_account().await;
    stale.app.clock.advance_millis(31 * 60_000);
    worlds.push(("stale", stale));

    let mut wrong = World::with("new@example.org").await;
    wrong.secret = format!("gli_{}", "z".repeat(43));
    worlds.push(("wrong", wrong));
    worlds
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_can_read_and_answer_an_invitation() {
    let worlds = worlds().await;
    let mut pages = Vec::new();
    for (name, world) in &worlds {
        pages.push(format!("{name}={}", serve(world).await));
    }
    let newcomer = open().await;
    pages.push(format!("keyboard={}", serve(&newcomer).await));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/check.mjs");
    // Tests of all crates have one folder, into which `scripts/client-tools` installs.
    let tools = Path::new(env!("CARGO_TARGET_TMPDIR")).join("client-tools");
    assert!(tools.join("installed").exists(), "this test needs tools from npm; run scripts/client-tools first");
    let mut command = Command::new("node");
    command.arg(script).arg(tools).args(pages);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().expect("node is installed");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    let user = UserRef::Email(Email::parse("new@example.org").unwrap());
    let user = newcomer.app.store().read().user(user).await.unwrap().expect("they have opened an account");
    assert!(newcomer.is_member(user.id).await);
}
