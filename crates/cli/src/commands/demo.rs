//! `guestlist demo`: the first minute. A throwaway database with the examples of the APIs' own documents, and requests
//! that work as pasted.

use std::fs::File;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use guestlist_core::Settings;
use guestlist_core::chat::ChatSettings;
use guestlist_core::chat::Profile;
use guestlist_core::command::{AddClient, AddUser, Admission, AssignRole, CreateGroup, Invite, IssueToken, Target};
use guestlist_core::credential::{ClientId, Scopes};
use guestlist_core::global_role::GlobalRoles;
use guestlist_core::group::GroupRef;
use guestlist_core::ids::{GroupId, InvitationId, TokenId, Uid, UserId, uuid_v4};
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::names::{Description, DisplayName, Email, Slug, Subject, Username};
use guestlist_core::ports::Clock as _;
use guestlist_core::time::Lifetime;
use guestlist_core::user::UserRef;
use guestlist_http::App;
use guestlist_identity::jwt::AccessClaims;
use guestlist_identity::person::Person;
use guestlist_identity::token::PlainToken;
use guestlist_mail::worker::Sent;
use guestlist_store::Store;

use super::serve::{self, Signals};
use crate::args::{Common, LISTEN_DEFAULT};
use crate::ask::ask;
use crate::config::{self, Database};
use crate::mail::MailArgs;
use crate::output::{self, CODE, FAINT, STRONG};
use crate::wiring::{self, SystemClock, SystemEntropy};

/// The tokens are known to everybody who reads this, which is why the demo listens on loopback only.
const OWNER_TOKEN: &str = "glt_demo-maryam";
const INVITEE_TOKEN: &str = "glt_demo-amer";
const BOT_TOKEN: &str = "RScctEHSmLGZGywfIhWyRpyofhKOiMoUIpimhvheU3f";

const OWNER: &str = "maryam";
const OWNER_SUBJECT: &str = "5f0c9ba6-9d0e-4a4c-8f9e-3c1f5b1d2a01";
const CLIENT: &str = "demo";
const HALAQA: i64 = 1234;
const AMER: i64 = 153;
const ROOM: &str = "ByehQjC44FwMeiLbX";
const ROOM_OWNER: &str = "aobEdbYhXfu5hkeqG";
const BOT: &str = "rbAXPnMktTFbNpwtJ";
const ROOM_INVITEE: &str = "nSYqWzZ4GsKTX4dyK";

/// How to run the demo.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The address to listen on, on loopback [default: 127.0.0.1:8080]
    #[arg(long, env = "GUESTLIST_LISTEN", value_name = "ADDRESS")]
    listen: Option<SocketAddr>,

    /// Where to keep the demo's data [default: guestlist-demo among the system's temporary files]
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,

    #[command(flatten)]
    mail: MailArgs,

    /// Start over, without what earlier runs have left
    #[arg(long)]
    fresh: bool,
}

pub(crate) async fn run(args: Args, common: &Common, file: &config::File) -> anyhow::Result<()> {
    serve::start_log(file.log.as_deref().unwrap_or("warn"), false)?;
    let address = args.listen.unwrap_or(LISTEN_DEFAULT);
    if !address.ip().is_loopback() {
        bail!(
            "the demo listens on loopback only, because everybody knows its tokens; for others, use `guestlist serve`"
        );
    }
    let settings = file.settings(common)?;
    let limits = serve::Limits::of(&settings);
    let listener = serve::listen(address).await?;
    let address = listener.local_addr()?;

    let folder = args.folder.unwrap_or_else(|| std::env::temp_dir().join("guestlist-demo"));
    let folder = std::path::absolute(&folder).with_context(|| format!("{} is no folder", folder.display()))?;
    prepare(&folder)?;
    let _running = take(&folder)?;
    let path = folder.join("guestlist-demo.db");
    if args.fresh || !path.exists() {
        make(&folder, &path).await.context("the examples could not be written")?;
    }
    let database = Database::Sqlite(path);
    let has_mail = settings.hold_mail.is_some();
    let store = wiring::open(&database, settings).await?;
    let token_file = folder.join("x-auth-token");
    std::fs::write(&token_file, signed_token(&store).await?)
        .with_context(|| format!("{} cannot be written", token_file.display()))?;

    let public_url = format!("http://{address}");
    let worker = if has_mail {
        Some(Arc::new(args.mail.worker(file, &database, &store, public_url.clone(), print_link).await?))
    } else {
        None
    };
    let issuer = Arc::new(wiring::issuer(&store).await?);
    let app = App::new(serve::parts(store, public_url, issuer, limits, worker.as_ref()));
    let signals = Signals::listen()?;
    print_screen(address, &token_file, &database)?;
    serve::serve(app, worker, listener, signals).await
}

/// Says where a mail is, and the address in it: nobody but whoever tries the demo can see it.
fn print_link(sent: &Sent<'_>) {
    let file = sent.file.as_ref().map(|file| format!(" written to {}", file.display())).unwrap_or_default();
    anstream::println!("{FAINT}mail ({}){file}{FAINT:#}", sent.kind.as_str());
    if let Some(link) = sent.link {
        anstream::println!("  {CODE}{link}{CODE:#}");
    }
}

/// Makes the folder, for nobody else to look into, or takes one that an earlier run of this user made.
fn prepare(folder: &Path) -> anyhow::Result<()> {
    let shown = folder.display();
    match std::fs::DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error).with_context(|| format!("the folder {shown} cannot be made")),
    }
    // In a folder for everybody's temporary files, the name may have been taken by somebody else.
    let found = std::fs::symlink_metadata(folder).with_context(|| format!("{shown} cannot be looked at"))?;
    if !found.is_dir() || found.uid() != rustix::process::geteuid().as_raw() {
        bail!("{shown} is not a folder of yours; name another with --folder");
    }
    Ok(())
}

/// Takes the folder for this process. Two demos on one database would pull it from under each other.
fn take(folder: &Path) -> anyhow::Result<File> {
    let running = File::create(folder.join("running")).with_context(|| format!("{} is not yours", folder.display()))?;
    match running.try_lock() {
        Ok(()) => Ok(running),
        Err(_) => bail!("a demo is running in {} already; stop it, or name another --folder", folder.display()),
    }
}

/// Makes the database with the examples under another name first, so that there never is one with half of them.
async fn make(folder: &Path, path: &Path) -> anyhow::Result<()> {
    let unfinished = folder.join("unfinished.db");
    remove(&unfinished)?;
    let store = wiring::open(&Database::Sqlite(unfinished.clone()), Settings::default()).await?;
    let filled = fill(&store).await;
    store.close();
    drop(store);
    filled?;
    remove(path)?;
    std::fs::rename(&unfinished, path)?;
    remove(&unfinished)
}

/// Removes a database and the files that stand beside it.
fn remove(database: &Path) -> anyhow::Result<()> {
    for suffix in ["", "-wal", "-shm", "-lock"] {
        let mut path = database.as_os_str().to_owned();
        path.push(suffix);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("{} cannot be removed", path.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A path as one word of a shell command.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

/// Writes the examples of the documents, by the same commands as everybody's data.
async fn fill(store: &Store) -> anyhow::Result<()> {
    let people = [
        (1, None, OWNER, "Maryam", "maryam@example.org"),
        (AMER, None, "amer", "Amer", "amer@quran.com"),
        (2, Some(ROOM_OWNER), "testing1", "Testing One", "testing1@example.org"),
        (3, Some(BOT), "testing2", "Testing Two", "testing2@example.org"),
        (4, Some(ROOM_INVITEE), "testing3", "Testing Three", "testing3@example.org"),
    ];
    for (id, given_uid, username, name, email) in people {
        let subject = if username == OWNER { OWNER_SUBJECT.to_owned() } else { uuid_v4(&SystemEntropy).to_string() };
        let add = AddUser {
            language: None,
            by: None,
            id: Some(user_id(id)?),
            uid: given_uid.map_or_else(|| Ok(Uid::generate(&SystemEntropy)), uid)?,
            subject: Subject::parse(&subject)?,
            username: Some(Username::parse(username)?),
            name: Some(DisplayName::parse(name)?),
            email: Some(Email::parse(email)?),
            is_admin: false,
            roles: GlobalRoles::default(),
            password: None,
            is_email_verified: true,
            is_founder: false,
            profile: Profile::default(),
        };
        ask(store, add).await?;
    }

    let halaqa = CreateGroup {
        language: None,
        by: None,
        owner: UserRef::Username(Username::parse(OWNER)?),
        id: GroupId::new(HALAQA),
        uid: Uid::generate(&SystemEntropy),
        slug: Slug::parse("my-halaqa")?,
        name: DisplayName::parse("My Halaqa")?,
        description: Description::parse("This is our Halaqa's group.")?,
        is_public: false,
        chat: ChatSettings::default(),
        members: vec![],
        is_without_owner: false,
    };
    ask(store, halaqa).await?;
    let room = CreateGroup {
        language: None,
        by: None,
        owner: UserRef::Uid(uid(ROOM_OWNER)?),
        id: None,
        uid: uid(ROOM)?,
        slug: Slug::parse("testing")?,
        name: DisplayName::parse("testing")?,
        description: Description::default(),
        is_public: false,
        chat: ChatSettings::default(),
        members: vec![],
        is_without_owner: false,
    };
    ask(store, room).await?;
    add_moderator(store).await?;

    let client = AddClient { by: None, id: ClientId::parse(CLIENT)?, name: "Demo".to_owned(), scopes: Scopes::all() };
    ask(store, client).await?;
    let tokens = [
        (UserRef::Username(Username::parse(OWNER)?), OWNER_TOKEN),
        (UserRef::Id(user_id(AMER)?), INVITEE_TOKEN),
        (UserRef::Uid(uid(BOT)?), BOT_TOKEN),
    ];
    for (user, token) in tokens {
        let token = PlainToken::presented(token)?;
        let id = TokenId::generate(SystemClock.now(), &SystemEntropy);
        let issue = IssueToken {
            by: None,
            within: None,
            id,
            hash: token.hash(),
            user,
            client: None,
            scopes: None,
            lifetime: None,
            personal: None,
            replaces: false,
        };
        ask(store, issue).await?;
    }
    Ok(())
}

/// The caller of Rocket.Chat's example is a moderator of the room, or it could not invite.
async fn add_moderator(store: &Store) -> Result<(), anyhow::Error> {
    let (by, group) = (user_id(2)?, GroupRef::Uid(uid(ROOM)?));
    let bot = UserRef::Uid(uid(BOT)?);
    let invitation = InvitationId::generate(SystemClock.now(), &SystemEntropy);
    let targets = vec![Target { who: bot.clone(), invitation }];
    let (roles, admission) = (RoleSet::NONE, Admission::Direct);
    let invite =
        Invite { language: None, note: None, by, group: group.clone(), targets, roles, admission, batch: None };
    ask(store, invite).await?;
    ask(store, AssignRole { by, group, user: bot, role: Role::Moderator }).await.map(drop)
}

async fn signed_token(store: &Store) -> anyhow::Result<String> {
    let issued_at = SystemClock.now();
    let claims = AccessClaims {
        subject: Some(Subject::parse(OWNER_SUBJECT)?),
        client: ClientId::parse(CLIENT)?,
        scopes: Scopes::parse("group room user")?,
        issued_at,
        expires_at: issued_at + Lifetime::from_days(30),
        person: Person::default(),
    };
    let jti = uuid_v4(&SystemEntropy).to_string();
    Ok(wiring::issuer(store).await?.issue(&claims, jti)?)
}

fn print_screen(address: SocketAddr, token_file: &Path, database: &Database) -> anyhow::Result<()> {
    let url = format!("http://{address}");
    let token_file = quoted(token_file);
    let json = "-H 'Content-Type: application/json'";
    let heading = |number: u8, title: &str, what: &str| {
        output::line(&format!("\n{STRONG}{number}  {title}{STRONG:#}  {FAINT}{what}{FAINT:#}"))
    };
    let code = |lines: &[String]| output::line(&format!("{CODE}{}{CODE:#}", lines.join(" \\\n     ")));

    output::line(&format!("{STRONG}guestlist{STRONG:#} is listening on {STRONG}{url}{STRONG:#}"))?;
    output::line(&format!("{FAINT}Paste these into another terminal. Paste them twice: nothing breaks.{FAINT:#}"))?;

    heading(1, "Quran Foundation, legacy", "invites user 153 to My Halaqa")?;
    code(&[
        format!("curl -X PUT {url}/v1/groups/{HALAQA}/inviteUser"),
        format!("-H 'o_t_h: {OWNER_TOKEN}' {json}"),
        format!("-d '{{\"userId\":{AMER}}}'"),
    ])?;
    heading(2, "Quran Foundation, gateway", "invites the same person by address: still one invitation")?;
    code(&[
        format!("curl -X PUT {url}/auth/v1/groups/{HALAQA}/inviteUser"),
        format!("-H \"x-auth-token: $(cat {token_file})\" -H 'x-client-id: {CLIENT}'"),
        format!("{json} -d '{{\"email\":\"amer@quran.com\"}}'"),
    ])?;
    heading(3, "Rocket.Chat", "adds a user to the room \"testing\", at once")?;
    code(&[
        format!("curl -X POST {url}/api/v1/groups.invite"),
        format!("-H 'X-Auth-Token: {BOT_TOKEN}'"),
        format!("-H 'X-User-Id: {BOT}' {json}"),
        format!("-d '{{\"roomId\":\"{ROOM}\",\"userId\":\"{ROOM_INVITEE}\"}}'"),
    ])?;

    output::line(&format!(
        "\n{STRONG}Next{STRONG:#}  {FAINT}what Amer sees; accept with POST …/invitations/ID/accept{FAINT:#}"
    ))?;
    code(&[format!("curl {url}/guestlist/v1/invitations -H 'Authorization: Bearer {INVITEE_TOKEN}'")])?;
    output::line(&format!(
        "\n{FAINT}Loopback only: everybody knows these tokens. The data are in {database}\nand survive; --fresh starts \
         over. Stop with Ctrl-C.{FAINT:#}"
    ))
}

fn user_id(id: i64) -> anyhow::Result<UserId> {
    UserId::new(id).context("the demo's users have ids")
}

fn uid(text: &str) -> anyhow::Result<Uid> {
    Uid::parse(text).context("the demo's uids are well formed")
}
