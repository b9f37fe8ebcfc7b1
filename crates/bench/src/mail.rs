//! The scenario `mail`: how fast queued invitations leave, beside the same dialogues without guestlist.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::MailArgs;
use crate::guestlist::{Api, Guestlist};
use crate::report::MailRow;
use crate::smtp::{self, Sink};

/// Mails under way at a time, as guestlist has them.
const AT_ONCE: usize = 32;

/// So many domains that the bound on mails to one of them plays no part.
const DOMAINS: u32 = 1_000;

/// How long nothing may arrive.
const STUCK_AFTER: Duration = Duration::from_mins(1);

pub(crate) async fn run(args: &MailArgs) -> Result<()> {
    let directory = tempfile::Builder::new().prefix("guestlist-bench-").tempdir()?;
    let guestlist = Guestlist::new(&args.guestlist, directory.path())?;
    guestlist.prepare(Api::Legacy).context("cannot prepare guestlist's database")?;
    let mut people = String::from("email\n");
    for number in 0..args.mails {
        writeln!(people, "n{number}@d{}.example", number % DOMAINS)?;
    }
    std::fs::write(directory.path().join("people.csv"), people)?;
    guestlist.manage(&["invite", "bench", "--as", "owner", "--csv", "people.csv", "--rate-limits", "off"])?;

    let bare_per_second = bare(args.mails).await.context("while measuring bare dialogues")?;
    let sink = Sink::start().await?;
    let begun = Instant::now();
    let server = guestlist.serve_with_mail(sink.address()).await?;
    arrive(&sink, args.mails).await.context("while measuring guestlist")?;
    let per_second = per_second(args.mails, begun.elapsed());
    let row = MailRow { mails: args.mails, bare_per_second, per_second, peak_mebibytes: server.peak_mebibytes()? };
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", if args.json { row.to_json() } else { row.to_table() })?;
    Ok(())
}

/// What the sink takes from clients that have nothing else to do: mails as large as guestlist's, over as many connections.
async fn bare(mails: u32) -> Result<f64> {
    let sink = Sink::start().await?;
    let address: SocketAddr = sink.address();
    let begun = Instant::now();
    let clients = (0..AT_ONCE).map(|client| {
        let number = mails as usize / AT_ONCE + usize::from(client < mails as usize % AT_ONCE);
        tokio::spawn(smtp::send(address, number))
    });
    for client in clients.collect::<Vec<_>>() {
        client.await??;
    }
    ensure!(sink.mails() == mails, "{mails} mails were sent, but {} arrived", sink.mails());
    Ok(per_second(mails, begun.elapsed()))
}

async fn arrive(sink: &Sink, mails: u32) -> Result<()> {
    let mut last = (0, Instant::now());
    while sink.mails() < mails {
        tokio::time::sleep(Duration::from_millis(5)).await;
        if sink.mails() > last.0 {
            last = (sink.mails(), Instant::now());
        } else if last.1.elapsed() > STUCK_AFTER {
            bail!("of {mails} mails {} arrived, and none for {STUCK_AFTER:?}", last.0);
        }
    }
    Ok(())
}

fn per_second(mails: u32, took: Duration) -> f64 {
    f64::from(mails) / took.as_secs_f64()
}
