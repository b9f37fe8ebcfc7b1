//! Mail as files.

#![expect(clippy::unwrap_used, reason = "a test whose own values are wrong shall stop")]

use std::os::unix::fs::PermissionsExt as _;

use guestlist_core::time::Timestamp;
use guestlist_mail::Transport;
use guestlist_mail::folder::Folder;
use guestlist_mail::message::{Message, Parts, Sender};
use guestlist_mail::render::{Sample, Templates};

fn message() -> Message {
    let sender = Sender::new("Circles <circles@example.org>", None, [7; 32]).unwrap();
    let Sample { letter, links } = Sample::all().remove(0);
    let rendered = Templates::built_in().unwrap().render(&letter, &links, Sample::INSTALLATION).unwrap();
    let (mail, at) = (letter.mail, Timestamp::from_days(20_790));
    let parts = Parts { mail, to: &letter.to, name: None, rendered: &rendered, unsubscribe: None, at };
    Message::new(&sender, &parts).unwrap()
}

#[tokio::test]
async fn each_mail_is_one_file_that_only_its_owner_reads_however_often_it_is_written() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("deep/mail");
    let folder = Folder::new(path.clone());
    let transport = Transport::Folder(folder.clone());
    let message = message();
    for _ in 0..2 {
        transport.send(&message).await.unwrap();
    }

    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let files: Vec<_> = std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files, [folder.file(message.mail)]);
    assert_eq!(std::fs::read(&files[0]).unwrap(), message.bytes);
    assert_eq!((mode(&path), mode(&files[0])), (0o700, 0o600));
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_to_keeps_the_mail_waiting() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("mail"), "a file").unwrap();
    let transport = Transport::Folder(Folder::new(place.path().join("mail")));
    let error = transport.send(&message()).await.unwrap_err().to_string();
    assert!(error.contains("cannot be written to"), "{error}");
}
