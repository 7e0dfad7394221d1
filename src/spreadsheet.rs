//! Tables as spreadsheets save them: what stands between the values, and how letters are written.

use encoding_rs::{Encoding, WINDOWS_1252};

/// What spreadsheets put between values, by country and by format.
const DELIMITERS: [u8; 3] = *b",;\t";

/// What stands between the values of a table: whatever its header has most of, outside of quotes. What a
/// space follows may belong to a name, so it counts half.
pub(crate) fn delimiter(start: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [0; DELIMITERS.len()];
    for (at, byte) in start.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            byte if !quoted => {
                if let Some(place) = DELIMITERS.iter().position(|known| known == byte) {
                    counts[place] += if start.get(at + 1) == Some(&b' ') { 1 } else { 2 };
                }
            }
            _ => {}
        }
    }
    // Of two the earlier in the list.
    let most = (0..DELIMITERS.len()).rev().max_by_key(|place| counts[*place]).unwrap_or_default();
    DELIMITERS[most]
}

/// Why a table cannot be read a value at a time: two bytes a letter.
pub(crate) fn wide(start: &[u8]) -> Option<&'static str> {
    let marked = Encoding::for_bom(start).is_some_and(|(encoding, _)| encoding.name() != "UTF-8");
    let header = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    (marked || header.contains(&0)).then_some(
        "is written in UTF-16; save it as CSV UTF-8 in your spreadsheet and name that file",
    )
}

/// The text of a table: by its mark, else UTF-8, else as Windows writes Western languages.
pub(crate) fn text(bytes: &[u8]) -> Result<String, &'static str> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return Ok(encoding.decode_without_bom_handling(&bytes[length..]).0.into_owned());
    }
    match wide(bytes) {
        Some(why) => Err(why),
        None => Ok(String::from_utf8(bytes.to_vec())
            .unwrap_or_else(|_| WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_between_values_is_what_the_header_has_most_of() {
        for (start, wanted) in [
            ("Account,Owner\na;b;c", b','),
            ("Account;Owner, or none;Since\r\n", b';'),
            ("\"a,b,c\";Owner", b';'),
            ("Account\tOwner", b'\t'),
            ("Account", b','),
            ("", b','),
        ] {
            assert_eq!(delimiter(start.as_bytes()), wanted, "{start}");
        }
    }

    #[test]
    fn letters_are_read_however_they_are_written() {
        let wide =
            |order: fn(u16) -> [u8; 2]| "\u{feff}Zoë".encode_utf16().flat_map(order).collect();
        let (little, big): (Vec<u8>, Vec<u8>) = (wide(u16::to_le_bytes), wide(u16::to_be_bytes));
        for bytes in ["Zoë".as_bytes(), "\u{feff}Zoë".as_bytes(), b"Zo\xeb", &little, &big] {
            assert_eq!(text(bytes).as_deref(), Ok("Zoë"), "{bytes:?}");
        }
        assert!(text(&little[2..]).is_err_and(|why| why.contains("save it as CSV UTF-8")));
    }
}
