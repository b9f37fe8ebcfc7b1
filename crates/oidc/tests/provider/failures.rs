//! Everything that can go wrong with a provider, and that none of it is taken for a bad token.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use guestlist_identity::issuer::{Issuer as _, IssuerFault, Unverified};
use guestlist_oidc::{Provider, ProviderSettings};
use guestlist_testing::certificates;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{DISCOVERY, Fake, Key, settings};

const UNUSABLE: Unverified = Unverified::Unknowable(IssuerFault::Unusable);
const TIMED_OUT: Unverified = Unverified::Unknowable(IssuerFault::TimedOut);

#[tokio::test]
async fn a_description_that_cannot_be_used_is_the_providers_fault() {
    let fake = Fake::new().await;
    let url = fake.url();
    let keys = format!("{url}/keys");
    for (what, status, text) in [
        ("not there", StatusCode::NOT_FOUND, "{}".to_owned()),
        ("broken", StatusCode::INTERNAL_SERVER_ERROR, "{}".to_owned()),
        ("elsewhere", StatusCode::FOUND, String::new()),
        ("no JSON", StatusCode::OK, "<html>Please sign in</html>".to_owned()),
        ("not an object", StatusCode::OK, "[]".to_owned()),
        ("without keys", StatusCode::OK, json!({ "issuer": url }).to_string()),
        ("of another", StatusCode::OK, json!({ "issuer": "https://elsewhere.example", "jwks_uri": keys }).to_string()),
        ("with keys nowhere", StatusCode::OK, json!({ "issuer": url, "jwks_uri": "/keys" }).to_string()),
        ("with keys in a file", StatusCode::OK, json!({ "issuer": url, "jwks_uri": "file:///etc/passwd" }).to_string()),
        ("endless", StatusCode::OK, format!("\"{}\"", "x".repeat(1024 * 1024))),
    ] {
        fake.say_text(DISCOVERY, status, &text);
        let provider = fake.provider();
        assert_eq!(fake.verify(&provider, &fake.token(json!({}))).await, Err(UNUSABLE), "{what}");
    }
}

#[tokio::test]
async fn a_set_of_keys_that_cannot_be_used_is_the_providers_fault() {
    let fake = Fake::new().await;
    let with = |field: &str, value: Value| {
        let mut key = fake.key.public.clone();
        key[field] = value;
        json!({ "keys": [key] }).to_string()
    };
    for (what, text) in [
        ("no JSON", "keys".to_owned()),
        ("no set", "{}".to_owned()),
        ("no list", r#"{"keys":{}}"#.to_owned()),
        ("empty", r#"{"keys":[]}"#.to_owned()),
        ("of secrets", r#"{"keys":[{"kty":"oct","k":"c2VjcmV0","kid":"one","alg":"HS256"}]}"#.to_owned()),
        ("to encrypt", with("use", json!("enc"))),
        ("for another algorithm", with("alg", json!("RS512"))),
        ("of an unknown kind", with("kty", json!("XYZ"))),
        ("on a curve", json!({ "keys": [Key::ec("one").public] }).to_string()),
        ("broken", with("n", json!("***"))),
    ] {
        fake.say_text("/keys", StatusCode::OK, &text);
        let provider = fake.provider();
        assert_eq!(fake.verify(&provider, &fake.token(json!({}))).await, Err(UNUSABLE), "{what}");
    }
    // One bad key does not spoil the others.
    fake.say("/keys", &json!({ "keys": [{ "kty": "XYZ" }, 1, null, fake.key.public] }));
    assert!(fake.verify(&fake.provider(), &fake.token(json!({}))).await.is_ok());
}

/// A provider at which `serve` treats every connection in its own way.
async fn odd<F: Future<Output = ()> + Send + 'static>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    format!("http://{address}")
}

/// What becomes of a token of a provider at `url`, which has `deadline` to answer.
async fn outcome(fake: &Fake, url: &str, deadline: Duration) -> Unverified {
    let provider = Provider::new(ProviderSettings { deadline, ..settings(url) }).unwrap();
    provider.verify(&fake.token(json!({ "iss": url })), fake.now()).await.unwrap_err()
}

const LONG: Duration = Duration::from_secs(30);
const SHORT: Duration = Duration::from_millis(200);

#[tokio::test]
async fn a_connection_that_is_refused_or_breaks_is_a_provider_that_cannot_be_used() {
    let fake = Fake::new().await;
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(outcome(&fake, &format!("http://{free}"), LONG).await, UNUSABLE, "refused");
    assert_eq!(outcome(&fake, "http://no-such-host.invalid", LONG).await, UNUSABLE, "no name");

    let reset = odd(async |stream: TcpStream| {
        stream.set_zero_linger().unwrap();
    });
    assert_eq!(outcome(&fake, &reset.await, LONG).await, UNUSABLE, "reset");
    let garbage = odd(async |mut stream: TcpStream| {
        let _ = stream.read(&mut [0; 4096]).await;
        let _ = stream.write_all(b"\0\x01\x02 this is not HTTP\r\n\r\n").await;
    });
    assert_eq!(outcome(&fake, &garbage.await, LONG).await, UNUSABLE, "garbage");
    let half = odd(async |mut stream: TcpStream| {
        let _ = stream.read(&mut [0; 4096]).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"issuer\":").await;
    });
    assert_eq!(outcome(&fake, &half.await, LONG).await, UNUSABLE, "half an answer");
}

#[tokio::test]
async fn a_provider_that_keeps_silent_or_dawdles_times_out() {
    let fake = Fake::new().await;
    let silent = odd(async |mut stream: TcpStream| {
        let mut read = [0; 4096];
        while stream.read(&mut read).await.is_ok_and(|bytes| bytes > 0) {}
    });
    let began = Instant::now();
    assert_eq!(outcome(&fake, &silent.await, SHORT).await, TIMED_OUT, "silent");
    assert!(began.elapsed() >= SHORT);
    // A byte now and then does not put the end off.
    let dawdling = odd(async |mut stream: TcpStream| {
        let _ = stream.read(&mut [0; 4096]).await;
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n";
        let mut next = stream.write_all(head).await;
        while next.is_ok() {
            tokio::time::sleep(SHORT / 10).await;
            next = stream.write_all(b" ").await;
        }
    });
    assert_eq!(outcome(&fake, &dawdling.await, SHORT).await, TIMED_OUT, "dawdling");
}

#[tokio::test]
async fn clients_that_ask_and_go_away_again_do_not_set_off_one_look_after_the_other() {
    let fake = Fake::new().await;
    let (connected, mut connections) = tokio::sync::mpsc::unbounded_channel();
    let silent = odd(move |mut stream: TcpStream| {
        let connected = connected.clone();
        async move {
            let _ = connected.send(());
            let mut read = [0; 4096];
            while stream.read(&mut read).await.is_ok_and(|bytes| bytes > 0) {}
        }
    });
    let url = silent.await;
    let provider = Provider::new(ProviderSettings { deadline: LONG, ..settings(&url) }).unwrap();
    let token = fake.token(json!({ "iss": url }));
    let ask = || provider.verify(&token, fake.now());
    tokio::select! {
        answer = ask() => panic!("{answer:?}"),
        connection = connections.recv() => assert!(connection.is_some()),
    }
    for _ in 0..20 {
        assert!(tokio::time::timeout(SHORT / 20, ask()).await.is_err());
    }
    assert!(connections.is_empty());
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_a_provider_that_cannot_be_used() {
    let fake = Fake::new().await;
    let folder = tempfile::tempdir().unwrap();
    certificates::make(folder.path());
    // A server of its own program, so that nothing of ours is on both ends.
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let server = tokio::process::Command::new("openssl")
        .args(["s_server", "-quiet", "-accept", &free.to_string(), "-cert", "server.pem", "-key", "server.key", "-www"])
        .current_dir(folder.path())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    while TcpStream::connect(free).await.is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!(outcome(&fake, &format!("https://localhost:{}", free.port()), LONG).await, UNUSABLE);
    drop(server);
}
