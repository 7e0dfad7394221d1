//! Different customers of one name, who are asked about before anything of theirs is shown.

use cxbot_sdk::conversation::{Conversation, Customer};
use jiff::Timestamp;

/// A key longer than this, or with an e-mail in it, is for no button.
const KEY: usize = 60;

/// A customer who shares a name with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Namesake {
    /// `source/id`.
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) company: Option<String>,
    /// When their latest conversation was closed.
    pub(crate) latest: Timestamp,
}

/// The customers whose conversations these are, latest first, by what tells them apart: an e-mail, else an
/// id. None where it is one, or where one of them cannot be asked for alone.
pub(super) fn namesakes<'c>(
    latest_first: impl Iterator<Item = &'c Conversation>,
) -> Option<Vec<Namesake>> {
    let mut known: Vec<String> = Vec::new();
    let mut all = Vec::new();
    for one in latest_first {
        let Customer { id, email, name, company } = one.customer.as_ref()?;
        let key = id.as_ref().map(|id| format!("{}/{id}", one.source));
        let email = email.as_ref().map(|email| email.trim().to_lowercase());
        let is = email.or_else(|| key.clone()).unwrap_or_default();
        if !known.contains(&is) {
            known.push(is);
            all.push(Namesake {
                key: key.filter(|key| key.len() <= KEY && !key.contains('@'))?,
                name: name.clone().unwrap_or_default(),
                company: company.as_ref().and_then(|company| company.name.clone()),
                latest: one.closed_at,
            });
        }
    }
    (all.len() > 1).then_some(all)
}
