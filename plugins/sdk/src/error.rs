//! Errors, split by who reads them.

use crate::{message::Message, text::Text};

/// What a plugin's action or job may fail with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Told to the person who asked: what is wrong and what to do next.
    #[error("{}", .0.plain())]
    Refused(Box<Message>),
    /// Logged for the operator; the person is told only that it failed.
    #[error("{0:#}")]
    Broken(#[from] anyhow::Error),
}

/// The result of everything that a plugin does.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A refusal in one sentence.
    pub fn refused(why: impl Into<Text>) -> Self {
        Error::Refused(Box::new(Message::sentence(why)))
    }
}
