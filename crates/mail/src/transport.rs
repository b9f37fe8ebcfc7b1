//! The ways in which mail leaves.

use guestlist_core::mail::Reply;

use crate::folder::Folder;
use crate::message::Message;
use crate::smtp::Smtp;

/// Where mail goes.
pub enum Transport {
    /// To a mail server.
    Smtp(Box<Smtp>),
    /// Into a folder.
    Folder(Folder),
}

/// Why a mail did not leave.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undelivered {
    /// There is no mail server to give it to, or none that lets us in. Nothing is wrong with the mail.
    #[error("the mail server cannot be used: {}", .0.as_str())]
    Unreachable(Reply),
    /// Not this time.
    #[error("the mail was not taken this time: {}", .0.as_str())]
    Temporary(Reply),
    /// Never.
    #[error("the mail was refused: {}", .0.as_str())]
    Permanent(Reply),
    /// Never, because nobody reads mail at the address.
    #[error("nobody reads mail at the address: {}", .0.as_str())]
    DeadAddress(Reply),
}

impl Transport {
    /// Gives a mail away. When this returns `Ok`, somebody else has promised to look after it.
    pub async fn send(&self, message: &Message) -> Result<(), Undelivered> {
        match self {
            Self::Smtp(smtp) => smtp.send(message).await,
            Self::Folder(folder) => folder.send(message).await,
        }
    }
}
