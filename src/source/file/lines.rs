//! Lines of a file, none longer than a limit: a line that never ends must not fill the memory.

use std::io::{BufRead, Result};

/// The longest line that is read, in bytes.
pub(super) const LINE_LIMIT: usize = 4 << 20;

/// Numbered lines; the number counts from 1.
pub(super) struct Lines<R> {
    reader: R,
    line: Vec<u8>,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Lines { reader, line: Vec::new(), number: 0 }
    }

    /// The next line without its end; the reason instead of the line where it is too long.
    pub(super) fn next(&mut self) -> Result<Option<(u64, Line<'_>)>> {
        self.line.clear();
        self.number += 1;
        let mut length = 0;
        loop {
            let available = self.reader.fill_buf()?;
            if available.is_empty() {
                break;
            }
            let end = available.iter().position(|&byte| byte == b'\n');
            let part = &available[..end.unwrap_or(available.len())];
            if length + part.len() <= LINE_LIMIT {
                self.line.extend_from_slice(part);
            }
            length += part.len();
            let used = part.len() + usize::from(end.is_some());
            self.reader.consume(used);
            if end.is_some() {
                return Ok(Some((self.number, self.checked(length))));
            }
        }
        Ok((length > 0).then(|| (self.number, self.checked(length))))
    }

    fn checked(&self, length: usize) -> Line<'_> {
        if length > LINE_LIMIT {
            let megabytes = LINE_LIMIT >> 20;
            return Err(format!("the line is longer than {megabytes} MB ({length} bytes)"));
        }
        Ok(&self.line)
    }
}

type Line<'l> = std::result::Result<&'l [u8], String>;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<(u64, Result<Vec<u8>, String>)> {
        let mut lines = Lines::new(text);
        let mut all = Vec::new();
        while let Some((number, line)) = lines.next().expect("memory does not fail") {
            all.push((number, line.map(<[u8]>::to_vec)));
        }
        all
    }

    type Result<T, E> = std::result::Result<T, E>;

    #[test]
    fn the_last_line_needs_no_end() {
        assert_eq!(
            read(b"a\n\nb"),
            [(1, Ok(b"a".to_vec())), (2, Ok(Vec::new())), (3, Ok(b"b".to_vec()))]
        );
    }

    #[test]
    fn an_endless_line_is_passed_over_and_the_next_one_is_read() {
        let mut text = vec![b'x'; LINE_LIMIT + 1];
        text.extend(b"\nok\n");
        let lines = read(&text);
        assert!(lines[0].1.as_ref().is_err_and(|why| why.contains("longer than 4 MB")));
        assert_eq!(lines[1], (2, Ok(b"ok".to_vec())));
    }
}
