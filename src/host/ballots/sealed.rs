//! What only a ballot's secret opens: voters as hashes, and texts that cannot be read without it.

use anyhow::{Context, Result};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use hmac::{Hmac, Mac};
use rand::RngExt;
use secrecy::ExposeSecret;
use sha2::Sha256;

use super::keys::Secret;

/// What a sealed text begins with.
pub(super) const MARK: &str = "sealed:";
/// Bytes of a nonce.
const NONCE: usize = 12;

/// The hash under which a voter's paper is kept.
pub(super) fn voter(secret: &Secret, person: &str) -> Result<String> {
    Ok(hex(&derived(secret, &format!("voter/{person}"))?[..16]))
}

/// The text, for whoever has the secret; `place` is where it is kept, and opens it nowhere else.
pub(super) fn seal(secret: &Secret, place: &str, text: &str) -> Result<String> {
    let nonce: [u8; NONCE] = rand::rng().random();
    let payload = Payload { msg: text.as_bytes(), aad: place.as_bytes() };
    let sealed = cipher(secret)?
        .encrypt(&Nonce::from(nonce), payload)
        .map_err(|_| anyhow::anyhow!("a text could not be sealed"))?;
    Ok(format!("{MARK}{}{}", hex(&nonce), hex(&sealed)))
}

/// The text of what [`seal`] made.
pub(super) fn open(secret: &Secret, place: &str, sealed: &str) -> Result<String> {
    let bytes = sealed.strip_prefix(MARK).and_then(unhex).context("what is sealed is damaged")?;
    let (nonce, text) = bytes.split_at_checked(NONCE).context("what is sealed is too short")?;
    let nonce = <[u8; NONCE]>::try_from(nonce)?;
    let text = cipher(secret)?
        .decrypt(&Nonce::from(nonce), Payload { msg: text, aad: place.as_bytes() })
        .map_err(|_| anyhow::anyhow!("what is sealed does not open with the secret at hand"))?;
    Ok(String::from_utf8(text)?)
}

fn cipher(secret: &Secret) -> Result<ChaCha20Poly1305> {
    Ok(ChaCha20Poly1305::new(&Key::from(derived(secret, "text")?)))
}

/// A key for one purpose, so that hashes say nothing of texts.
fn derived(secret: &Secret, purpose: &str) -> Result<[u8; 32]> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.expose_secret())
        .context("any key length will do")?;
    mac.update(purpose.as_bytes());
    Ok(mac.finalize().into_bytes().into())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| u8::try_from(c.to_digit(16)?).ok()).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn secret(byte: u8) -> Secret {
        Secret::new(Box::new([byte; 32]))
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_with_its_secret_at_its_place_alone(text in ".*") {
            let sealed = seal(&secret(1), "mood/a", &text).expect("sealed");
            prop_assert_eq!(open(&secret(1), "mood/a", &sealed).expect("opened"), text);
            prop_assert!(open(&secret(2), "mood/a", &sealed).is_err());
            prop_assert!(open(&secret(1), "mood/b", &sealed).is_err());
        }

        #[test]
        fn nothing_that_is_damaged_opens(text in "(sealed:)?[0-9a-f]{0,80}|.*") {
            prop_assert!(open(&secret(1), "mood/a", &text).is_err());
        }
    }

    #[test]
    fn a_voter_is_the_same_hash_under_one_secret_and_another_under_another() {
        let hash = |byte, person| voter(&secret(byte), person).expect("hashed");
        assert_eq!(hash(1, "ana"), hash(1, "ana"));
        assert_ne!(hash(1, "ana"), hash(2, "ana"));
        assert_ne!(hash(1, "ana"), hash(1, "ben"));
    }
}
