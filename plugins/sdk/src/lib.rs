//! The contract between cxbot and its plugins.
//!
//! In reading order: a [`plugin::Plugin`] has actions and jobs; each gets a [`cx::Cx`], and an action its
//! [`invoker`] too. Through it a plugin reads the [`workspace`] and the [`scores`], keeps [`state`], asks in a
//! secret [`ballot`] and publishes a [`message::Message`] to [`destination`]s. What the numbers mean is in
//! [`count`] (which conversation counts where), [`cells`] and [`figures`] (what may be said about a change);
//! how they are written is in [`words`] and checked by [`lint`]. [`testing`] holds an in-memory host.

mod arguments;
pub mod ballot;
pub mod cells;
pub mod channel;
pub mod civil;
pub mod conversation;
pub mod count;
pub mod cx;
pub mod destination;
pub mod error;
pub mod figures;
pub mod history;
pub mod invoker;
pub mod lint;
pub mod message;
pub mod names;
pub mod near;
pub mod plugin;
pub mod schedule;
pub mod scores;
pub mod sheet;
pub mod state;
pub mod testing;
pub mod text;
pub mod week;
pub mod words;
pub mod workspace;

pub use channel::Clearance;
pub use cx::{Cx, Host};
pub use destination::{Audience, Destination, Members};
pub use error::{Error, Result};
pub use invoker::Invoker;
pub use message::Message;
pub use plugin::{Need, Plugin, Reply, Routes, Tick};
pub use text::Text;
pub use workspace::Workspace;
