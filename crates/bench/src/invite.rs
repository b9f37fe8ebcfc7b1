//! The scenario `invite`: one group, one owner, and as many strangers invited by e-mail address as the server can take.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::InviteArgs;
use crate::bare_sqlite;
use crate::guestlist::{Api, CLIENT, Guestlist};
use crate::http::NumberedRequest;
use crate::load::{self, Load, Measured};
use crate::report::{self, Row};
use crate::server::{self, Server};

/// The documented success of an invitation, byte for byte.
pub(crate) const INVITED: &[u8] = br#"{"success":true,"data":{"message":"User has been invited successfully."}}"#;

/// Measures every number of connections and prints each result as soon as it is complete.
pub(crate) async fn run(args: &InviteArgs) -> Result<()> {
    let measured = Duration::from_secs(args.seconds);
    report::preface(measured);

    let mut stdout = std::io::stdout();
    if !args.json {
        writeln!(stdout, "{}", report::header())?;
    }
    for &connections in &args.connections {
        let row = measure(args, connections, measured).await?;
        writeln!(stdout, "{}", if args.json { row.to_json() } else { row.to_line() })?;
        stdout.flush()?;
    }
    Ok(())
}

async fn measure(args: &InviteArgs, connections: u16, measured: Duration) -> Result<Row> {
    // First, so that a wrong path is noticed at once. A new directory each time: rows of an earlier part slow down inserts.
    let directory = tempfile::Builder::new().prefix("guestlist-bench-").tempdir()?;
    let guestlist = Guestlist::new(&args.guestlist, directory.path())?;
    let token = guestlist.prepare(args.api).context("cannot prepare guestlist's database")?;

    let bare_axum = bare_axum(args.api, &token, connections, measured).await.context("while measuring bare axum")?;
    report::progress(connections, "bare axum", &bare_axum);

    let server = guestlist.serve(args.with_mail).await?;
    let invited = serve(server, args.api, &token, connections, measured).await.context("while measuring guestlist")?;
    check_stored(&invited, guestlist.stored_invitations()?)?;
    report::progress(connections, "guestlist", &invited);

    // Not on the runtime's thread, which has to hear an interruption.
    let path = directory.path().to_owned();
    let bare_sqlite = tokio::task::spawn_blocking(move || bare_sqlite::run(&path, connections, measured));
    let bare_sqlite = bare_sqlite.await?.context("while measuring bare SQLite")?;

    Ok(Row { connections, measured, bare_axum, bare_sqlite_per_second: bare_sqlite, guestlist: invited })
}

async fn bare_axum(api: Api, token: &str, connections: u16, measured: Duration) -> Result<Measured> {
    let address = server::free_address()?;
    let mut command = Command::new(std::env::current_exe().context("cannot find this program's own file")?);
    command.args(["bare-axum", "--listen", &address.to_string()]);
    let server = Server::start(command, address).await?;
    load::run(invitations(server.address(), api, token, connections, measured)).await
}

/// Loads a server of guestlist and kills it.
///
/// A killed server cannot write anything after its answers, so the database shows what was durable when it answered.
pub(crate) async fn serve(
    server: Server,
    api: Api,
    token: &str,
    connections: u16,
    measured: Duration,
) -> Result<Measured> {
    load::run(invitations(server.address(), api, token, connections, measured)).await
}

pub(crate) fn check_stored(invited: &Measured, stored: u64) -> Result<()> {
    ensure!(
        stored == invited.answered,
        "guestlist answered {} invitations with success, but its database holds {stored}",
        invited.answered
    );
    Ok(())
}

/// The same bytes for both servers, apart from the port.
fn invitations(address: SocketAddr, api: Api, token: &str, connections: u16, measured: Duration) -> Load {
    let (path, headers): (_, &[(&str, &str)]) = match api {
        Api::Legacy => ("/v1/groups/1/inviteUser", &[("o_t_h", token)]),
        Api::Gateway => ("/auth/v1/groups/1/inviteUser", &[("x-auth-token", token), ("x-client-id", CLIENT)]),
    };
    let request = NumberedRequest::put_json(path, address, headers, r#"{"email":"n"#, r#"@example.org"}"#);
    Load { address, connections, measured, request, expected_body: INVITED }
}
