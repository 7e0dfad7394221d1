//! Someone on the team's side.

use crate::count::same;

/// Someone on the team's side, as sources and the configuration know them.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Colleague {
    /// `source/id`, several where someone has several.
    pub keys: Vec<String>,
    /// Their id where no name is known.
    pub name: String,
    /// Other names, e-mails and ids by which they are known.
    pub also: Vec<String>,
    /// The teams that `[[people]]` says they are in.
    pub teams: Vec<String>,
}

impl Colleague {
    /// Whether more than an id is known of them.
    pub fn is_named(&self) -> bool {
        !self.keys.iter().any(|key| key.split_once('/').is_some_and(|(_, id)| id == self.name))
    }

    /// Whether these words are a name, an e-mail or an id of theirs.
    pub fn is_called(&self, words: &str) -> bool {
        let ids = self.keys.iter().filter_map(|key| Some(key.split_once('/')?.1));
        let all = std::iter::once(&*self.name).chain(self.also.iter().map(String::as_str));
        all.chain(self.keys.iter().map(String::as_str)).chain(ids).any(|known| same(known, words))
    }

    /// Whether these words are a part of their name.
    pub fn is_named_like(&self, words: &str) -> bool {
        let words = words.to_lowercase();
        let names = std::iter::once(&self.name).chain(&self.also);
        let mut parts = names.flat_map(|name| name.split_whitespace());
        parts.any(|part| part.to_lowercase().starts_with(&words))
    }
}
