//! cxbot: weekly digests, look-ups and a mood poll over AI-scored support conversations.
//!
//! In reading order: [`config`] is what the operator says; [`builtin`] lists the plugins; [`source`]
//! brings conversations into the [`store`]; [`host`] lends both to plugins and runs them; [`chat`]
//! shows what they say; [`cli`] is the way in.

pub mod builtin;
pub mod chat;
pub mod cli;
pub mod clock;
pub mod config;
mod crash;
pub mod error;
pub mod host;
pub mod source;
mod spreadsheet;
pub mod store;
mod tls;
