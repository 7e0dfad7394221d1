//! Response addresses: five answers within half an hour to one act of one person.

use std::collections::BTreeMap;

const USES: u32 = 5;
const LIFE: f64 = 30.0 * 60.0;

#[derive(Clone, Default)]
pub struct Addresses {
    made: BTreeMap<String, Address>,
}

#[derive(Clone)]
pub struct Address {
    pub user: String,
    pub channel: String,
    pub origin: Origin,
    /// The fake's clock.
    time: f64,
    uses: u32,
}

/// The message on which the person acted.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// A slash command stands on no message, and what its address shows cannot be replaced.
    Command,
    /// With its timestamp.
    Public(String),
    /// With its timestamp.
    Whispered(String),
}

impl Addresses {
    /// A new address's path.
    pub fn make(&mut self, user: &str, channel: &str, origin: Origin, now: f64) -> String {
        let path = format!("/response/{:032x}", rand::random::<u128>());
        let (user, channel) = (user.to_owned(), channel.to_owned());
        self.made.insert(path.clone(), Address { user, channel, origin, time: now, uses: 0 });
        path
    }

    /// Counts a use, or says with which code it is refused.
    pub fn take(&mut self, path: &str, now: f64) -> Result<Address, &'static str> {
        let address = self.made.get_mut(path).ok_or("invalid_url")?;
        if now - address.time > LIFE {
            return Err("expired_url");
        }
        if address.uses >= USES {
            return Err("used_url");
        }
        address.uses += 1;
        Ok(address.clone())
    }
}
