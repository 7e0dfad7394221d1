//! Every statement of the store, written once for both databases, in a file for the tables that it is
//! about.
//!
//! Numbers are BIGINT, times are milliseconds, JSON is text. A [`Bulk`] gets as many rows of
//! placeholders as a batch has.

/// A statement over a batch of rows of values: `head`, then what there is for each row, then `tail`.
pub(super) struct Bulk {
    pub(super) head: &'static str,
    pub(super) rows: Rows,
    pub(super) tail: &'static str,
}

/// What a bulk has for each row of values.
pub(super) enum Rows {
    /// So many placeholders.
    Values(usize),
    /// Values, some of which are the same in each row; a `?` for each of the others.
    SomeValues(&'static str),
}

impl Rows {
    /// For one row, with a `?` for each value.
    pub(super) fn each(&self) -> String {
        match self {
            Rows::Values(width) => format!("({})", vec!["?"; *width].join(",")),
            Rows::SomeValues(each) => (*each).to_owned(),
        }
    }
}

/// Makes a constant of each statement and a list of them all, so that a check can prepare every one.
macro_rules! statements {
    ($list:ident: $type:ty; $($(#[$doc:meta])* $name:ident = $statement:expr;)*) => {
        $($(#[$doc])* pub(in crate::store) const $name: $type = $statement;)*
        pub(super) const $list: &[$type] = &[$($name),*];
    };
}

mod asked;
mod conversations;
mod counts;
mod delivery;
mod forgotten;
mod schedule;
mod sources;

pub(super) use asked::*;
pub(super) use conversations::*;
pub(super) use counts::*;
pub(super) use delivery::*;
pub(super) use forgotten::*;
pub(super) use schedule::*;
pub(super) use sources::*;

/// Every statement that takes single values.
pub(super) fn single() -> impl Iterator<Item = &'static str> {
    let all = [
        SINGLE_ASKED,
        SINGLE_CONVERSATIONS,
        SINGLE_COUNTS,
        SINGLE_DELIVERY,
        SINGLE_FORGOTTEN,
        SINGLE_SCHEDULE,
        SINGLE_SOURCES,
    ];
    all.into_iter().flatten().copied()
}

/// Every statement that takes rows.
pub(super) fn bulk() -> impl Iterator<Item = &'static Bulk> {
    [BULK_ASKED, BULK_CONVERSATIONS, BULK_COUNTS, BULK_FORGOTTEN, BULK_SOURCES]
        .into_iter()
        .flatten()
}

pub(super) const CLEAR_COUNTS: [&str; 5] = [
    "DELETE FROM daily",
    "DELETE FROM weekly_customer",
    "DELETE FROM weekly",
    "DELETE FROM conversation_topic",
    "DELETE FROM party",
];

/// What look-ups ask beside the counts that a digest reads too: each has to find its rows by an index.
pub(super) const OF_LOOK_UPS: [&str; 9] = [
    TRACES,
    CONVERSATION_SOURCES,
    PARTIES_FROM,
    THIS_PARTY,
    OLDER_WEEKS,
    LOOK_TOPIC,
    AUDIT,
    AUDIT_OF,
    AUDIT_SHOWING,
];
