//! The first minute: what `guestlist demo` prints works as pasted, as often as it is pasted.

#[expect(dead_code, reason = "every file of tests uses a part of the support")]
mod support;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use rusqlite::{Connection as Database, OpenFlags};
use serde_json::{Value, json};
use tempfile::TempDir;

use self::support::guestlist;
use self::support::http::Connection;
use self::support::process::{Finished, PATIENCE, Process, address_in};

const OWNER: (&str, &str) = ("o_t_h", "glt_demo-maryam");
const AMER: (&str, &str) = ("authorization", "Bearer glt_demo-amer");

/// A running demo, and what it has printed.
struct Demo {
    process: Process,
    address: SocketAddr,
    screen: String,
}

impl Demo {
    fn start(here: &Path, folder: &str, more: &[&str]) -> Self {
        let mut command = guestlist(here);
        command.args(["demo", "--listen", "127.0.0.1:0", "--folder", folder]).args(more);
        let process = Process::start(command);
        let screen = process.wait_for_output("end of the screen", |text| {
            text.ends_with("Stop with Ctrl-C.\n").then(|| text.to_owned())
        });
        let address = address_in(&screen, "listening on http://").expect("the screen begins with the address");
        Self { process, address, screen }
    }

    /// The printed commands, line ends and all.
    fn commands(&self) -> Vec<String> {
        let mut commands: Vec<String> = Vec::new();
        let mut goes_on = false;
        for line in self.screen.lines() {
            if line.starts_with("curl ") {
                commands.push(line.to_owned());
            } else if goes_on {
                let command = commands.last_mut().expect("only a command goes on");
                command.push('\n');
                command.push_str(line);
            } else {
                continue;
            }
            goes_on = line.ends_with('\\');
        }
        assert_eq!(commands.len(), 4, "{}", self.screen);
        commands
    }

    fn connect(&self) -> Connection {
        Connection::open(self.address)
    }

    fn pending(&self) -> Vec<Value> {
        let page = self.connect().get("/guestlist/v1/invitations", &[AMER]).json(200);
        page["data"].as_array().expect("a page has data").clone()
    }

    fn accept(&self) {
        let invitation = self.pending()[0]["id"].as_str().expect("an invitation has an id").to_owned();
        let accepted = self.connect().post(&format!("/guestlist/v1/invitations/{invitation}/accept"), &[AMER], "");
        let expected = json!({ "state": "accepted", "group_id": 1234, "is_new_member": true, "standing": "joined" });
        assert_eq!(accepted.json(200), expected);
    }

    /// How many members each API says that My Halaqa has, and whether it knows Amer as one.
    #[track_caller]
    fn assert_members(&self, folder: &Path, count: usize) {
        let mut connection = self.connect();
        let legacy = connection.get("/v1/groups/1234", &[OWNER]).json(200);
        assert_eq!(legacy["data"]["membersCount"], count);

        let signed = std::fs::read_to_string(folder.join("x-auth-token")).expect("the demo keeps a token there");
        let gateway = connection.get("/auth/v1/groups/1234", &[("x-auth-token", &signed), ("x-client-id", "demo")]);
        assert_eq!(gateway.json(200)["data"]["membersCount"], count);

        let owner = ("authorization", "Bearer glt_demo-maryam");
        let native = connection.get("/guestlist/v1/groups/1234/members", &[owner]).json(200);
        let ids: Vec<_> = native["data"].as_array().expect("a page").iter().map(|one| &one["user"]["id"]).collect();
        assert_eq!(ids, [json!(1), json!(153)].iter().take(count).collect::<Vec<_>>());

        let own = connection.get("/v1/groups", &[("o_t_h", "glt_demo-amer")]).json(200);
        assert_eq!(own["data"]["groups"].as_array().map(Vec::len), Some(count - 1));
    }
}

/// A terminal: a shell in a folder of its own, with a `curl` that tells the status after the body.
struct Terminal {
    folder: TempDir,
}

impl Terminal {
    fn open() -> Self {
        let version = Command::new("curl").arg("--version").output();
        assert!(version.is_ok_and(|output| output.status.success()), "these tests need curl; install it and try again");
        let folder = tempfile::tempdir().expect("there is room for temporary files");
        // The commands run exactly as printed, so what they are to tell in addition comes from curl's own settings.
        let settings = "silent\nshow-error\nmax-time = 30\nnoproxy = \"*\"\nwrite-out = \"\\n%{http_code}\"\n";
        std::fs::write(folder.path().join(".curlrc"), settings).expect("the folder is ours");
        Self { folder }
    }

    fn run(&self, command: &str) -> Finished {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).current_dir(self.folder.path()).env("CURL_HOME", self.folder.path());
        Finished::of(shell)
    }

    #[track_caller]
    fn paste(&self, command: &str) -> (u16, Value) {
        let pasted = self.run(command).succeeded();
        let (body, status) = pasted.stdout.rsplit_once('\n').expect("the status is on the last line");
        let body = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error} in {body:?} of {command}"));
        (status.parse().expect("a status is a number"), body)
    }
}

fn scratch() -> (TempDir, PathBuf, String) {
    let here = tempfile::tempdir().expect("there is room for temporary files");
    let folder = here.path().join("demo");
    let name = folder.display().to_string();
    (here, folder, name)
}

/// Pastes everything that is to be pasted, and looks at every answer.
#[track_caller]
fn paste_all(demo: &Demo, terminal: &Terminal) {
    let commands = demo.commands();
    let invited = json!({ "success": true, "data": { "message": "User has been invited successfully." } });
    assert_eq!(terminal.paste(&commands[0]), (200, invited.clone()));
    assert_eq!(terminal.paste(&commands[1]), (200, invited));

    let (status, added) = terminal.paste(&commands[2]);
    assert_eq!((status, &added["success"]), (200, &json!(true)));
    let room = &added["group"];
    let shown =
        json!([room["_id"], room["name"], room["t"], room["u"]["_id"], room["u"]["username"], room["usersCount"]]);
    assert_eq!(shown, json!(["ByehQjC44FwMeiLbX", "testing", "p", "aobEdbYhXfu5hkeqG", "testing1", 3]));
    let mut names: Vec<_> = room["usernames"].as_array().expect("a small room has names").iter().collect();
    names.sort_by_key(|name| name.to_string());
    assert_eq!(names, ["testing1", "testing2", "testing3"]);

    let (status, waiting) = terminal.paste(&commands[3]);
    let waiting = waiting["data"].as_array().expect("a page has data").clone();
    assert_eq!((status, waiting.len()), (200, 1), "{waiting:?}");
    let shown =
        json!([waiting[0]["group"]["id"], waiting[0]["group"]["name"], waiting[0]["state"], waiting[0]["user"]["id"]]);
    assert_eq!(shown, json!([1234, "My Halaqa", "pending", 153]));
}

#[test]
fn the_printed_commands_work_as_pasted_and_as_often_as_they_are_pasted() {
    let (here, _, name) = scratch();
    let (demo, terminal) = (Demo::start(here.path(), &name, &[]), Terminal::open());
    paste_all(&demo, &terminal);
    paste_all(&demo, &terminal);
}

#[test]
fn a_printed_command_with_a_wrong_value_gets_the_documented_error() {
    let (here, _, name) = scratch();
    let (demo, terminal) = (Demo::start(here.path(), &name, &[]), Terminal::open());
    let broken = demo.commands()[0].replace("\"userId\":153", "\"userId\":\"x\"");
    let error = json!({ "code": "ValidationError", "message": "`userId` is invalid" });
    assert_eq!(terminal.paste(&broken), (422, json!({ "success": false, "error": error })));
    assert_eq!(demo.pending(), Vec::<Value>::new());
}

#[test]
fn who_accepts_is_a_member_in_every_api_and_stays_so_after_a_kill() {
    let (here, folder, name) = scratch();
    let (demo, terminal) = (Demo::start(here.path(), &name, &[]), Terminal::open());
    demo.assert_members(&folder, 1);
    paste_all(&demo, &terminal);
    demo.accept();
    assert_eq!(demo.pending(), Vec::<Value>::new());
    demo.assert_members(&folder, 2);

    demo.process.kill();
    let again = Demo::start(here.path(), &name, &[]);
    again.assert_members(&folder, 2);
    let (status, refused) = terminal.paste(&again.commands()[0]);
    assert_eq!((status, &refused["error"]["message"]), (422, &json!("User is already a member of this group")));

    again.process.kill();
    let fresh = Demo::start(here.path(), &name, &["--fresh"]);
    fresh.assert_members(&folder, 1);
    paste_all(&fresh, &terminal);
}

/// Waits until the database in `folder` has a row in `table`.
fn wait_for_row(folder: &Path, table: &str) {
    let deadline = Instant::now() + PATIENCE;
    let is_in = |file: &str| {
        let database = Database::open_with_flags(folder.join(file), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        database.prepare(&format!("SELECT 1 FROM {table}"))?.exists([])
    };
    // Until the file and the table are there, looking fails. The examples are written under another name at first.
    while !["unfinished.db", "guestlist-demo.db"].iter().any(|file| is_in(file).unwrap_or(false)) {
        assert!(Instant::now() < deadline, "there is no row in {table}");
    }
}

#[test]
fn a_demo_killed_while_it_fills_its_database_works_the_next_time() {
    for filled in ["users", "\"groups\"", "clients", "tokens"] {
        let (here, folder, name) = scratch();
        let mut command = guestlist(here.path());
        command.args(["demo", "--listen", "127.0.0.1:0", "--folder", &name]);
        let process = Process::start(command);
        wait_for_row(&folder, filled);
        process.kill();

        let demo = Demo::start(here.path(), &name, &[]);
        let body = r#"{"userId":153}"#;
        let invited = demo.connect().put("/v1/groups/1234/inviteUser", &[OWNER], body);
        assert_eq!(invited.status, 200, "killed when there was a row in {filled}: {invited:?}");
        let bot = [("x-auth-token", "RScctEHSmLGZGywfIhWyRpyofhKOiMoUIpimhvheU3f"), ("x-user-id", "rbAXPnMktTFbNpwtJ")];
        let body = r#"{"roomId":"ByehQjC44FwMeiLbX","userId":"nSYqWzZ4GsKTX4dyK"}"#;
        let added = demo.connect().post("/api/v1/groups.invite", &bot, body);
        assert_eq!(added.status, 200, "killed when there was a row in {filled}: {added:?}");
    }
}

#[test]
fn the_printed_commands_work_from_another_folder_whatever_the_demo_folder_is_called() {
    let terminal = Terminal::open();
    let mut broken = Vec::new();
    for (name, is_relative) in [("demo", true), ("my demo", false), ("amer's demo", false), ("$HOME `demo` \"", false)]
    {
        let here = tempfile::tempdir().unwrap();
        let folder = if is_relative { name.to_owned() } else { here.path().join(name).display().to_string() };
        let demo = Demo::start(here.path(), &folder, &[]);
        let command = &demo.commands()[1];
        let pasted = terminal.run(command);
        if !pasted.stdout.ends_with("\n200") {
            broken.push(format!("--folder {folder:?}: {}{}\n{command}", pasted.stderr, pasted.stdout));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_demo_is_for_loopback_only_and_says_why() {
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8080"] {
        let (here, folder, name) = scratch();
        let mut command = guestlist(here.path());
        command.args(["demo", "--listen", listen, "--folder", &name]);
        let refused = Finished::of(command);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""), "{listen}");
        let expected = "error: the demo listens on loopback only, because everybody knows its tokens; for others, use \
                        `guestlist serve`\n";
        assert_eq!(refused.stderr, expected, "{listen}");
        assert!(!folder.exists(), "{listen}");
    }
}

#[test]
fn the_screen_is_plain_in_a_pipe_and_coloured_where_that_is_wanted() {
    let (here, _, name) = scratch();
    let plain = Demo::start(here.path(), &name, &[]);
    assert!(!plain.screen.contains('\u{1b}'), "{}", plain.screen);
    drop(plain.process);

    for (no_color, is_coloured) in [(None, true), (Some("1"), false)] {
        let mut command = guestlist(here.path());
        command.args(["demo", "--listen", "127.0.0.1:0", "--folder", &name]).env("CLICOLOR_FORCE", "1");
        if let Some(value) = no_color {
            command.env("NO_COLOR", value);
        }
        let process = Process::start(command);
        let screen = process.wait_for_output("last line", |text| text.contains("Ctrl-C.").then(|| text.to_owned()));
        assert_eq!(screen.contains('\u{1b}'), is_coloured, "NO_COLOR={no_color:?}: {screen:?}");
    }
}

#[test]
fn the_folder_is_for_nobody_else_and_one_that_is_no_folder_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;

    let (here, folder, name) = scratch();
    drop(Demo::start(here.path(), &name, &[]));
    assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);

    let file = here.path().join("file");
    let link = here.path().join("link");
    std::fs::write(&file, "").unwrap();
    std::os::unix::fs::symlink(&folder, &link).unwrap();
    for odd in [file, link] {
        let mut command = guestlist(here.path());
        command.args(["demo", "--listen", "127.0.0.1:0", "--folder"]).arg(&odd);
        let refused = Finished::of(command);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""), "{odd:?}");
        let expected = format!("error: {} is not a folder of yours; name another with --folder\n", odd.display());
        assert_eq!(refused.stderr, expected);
    }
}
