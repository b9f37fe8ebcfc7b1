//! A client that does not read what it is sent.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use bytes::Bytes;
use futures_util::stream;
use guestlist_http::server;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::Instant;

/// Time is not waited for: where nothing else is left to do, it passes at once.
#[tokio::test(start_paused = true)]
async fn who_leaves_an_answer_unread_loses_the_connection() {
    let (held, mut let_go) = mpsc::channel::<()>(1);
    // The answer has no end, and holds its end of the channel until it is given up.
    let held = Arc::new(Mutex::new(Some(held)));
    let answer = move || {
        let held = held.lock().expect("nobody panicked").take();
        let part = async |held| Some((Ok::<_, axum::Error>(Bytes::from_static(&[b'x'; 16_384])), held));
        std::future::ready(Body::from_stream(stream::unfold(held, part)))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a port");
    let address = listener.local_addr().expect("it is bound");
    let router = Router::new().route("/", get(answer));
    tokio::spawn(server::serve(listener, router, std::future::pending()));

    let mut client = TcpStream::connect(address).await.expect("the server listens");
    client.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("it can be written");
    let mut first = [0; 15];
    client.read_exact(&mut first).await.expect("the answer begins");
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    let begin = Instant::now();
    assert_eq!(let_go.recv().await, None);
    let took = begin.elapsed();
    assert!((Duration::from_secs(30)..Duration::from_mins(1)).contains(&took), "{took:?}");
    // What had been sent can still be read, and then no more comes.
    let mut rest = Vec::new();
    let _ = client.read_to_end(&mut rest).await;
    assert!(rest.len() < 64 << 20, "{}", rest.len());
}
