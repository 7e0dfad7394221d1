//! A run of digits as people write numbers: groups, and what stands between them.

use std::ops::Range;

/// Digits that stand together, with the text they stand in.
#[derive(Clone, Copy)]
pub(super) struct Run<'a> {
    text: &'a str,
    groups: &'a [Range<usize>],
}

/// Where the groups of digits are in a part of a text.
pub(super) fn groups(text: &str, part: Range<usize>) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    for (place, _) in text[part.clone()].match_indices(|c: char| c.is_ascii_digit()) {
        let place = part.start + place;
        match groups.last_mut() {
            Some(group) if group.end == place => group.end += 1,
            _ => groups.push(place..place + 1),
        }
    }
    groups
}

impl<'a> Run<'a> {
    pub(super) fn new(text: &'a str, groups: &'a [Range<usize>]) -> Run<'a> {
        Run { text, groups }
    }

    pub(super) fn part(&self, part: Range<usize>) -> Run<'a> {
        Run { text: self.text, groups: &self.groups[part] }
    }

    pub(super) fn len(&self) -> usize {
        self.groups.len()
    }

    pub(super) fn range(&self) -> Range<usize> {
        self.groups[0].start..self.groups[self.len() - 1].end
    }

    pub(super) fn words(&self) -> &'a str {
        &self.text[self.range()]
    }

    pub(super) fn before(&self) -> &'a str {
        &self.text[..self.range().start]
    }

    pub(super) fn behind(&self) -> &'a str {
        &self.text[self.range().end..]
    }

    pub(super) fn group(&self, index: usize) -> &'a str {
        &self.text[self.groups[index].clone()]
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &'a str> {
        self.groups.iter().map(|group| &self.text[group.clone()])
    }

    /// What stands behind a group and before the next.
    pub(super) fn gap(&self, index: usize) -> &'a str {
        &self.text[self.groups[index].end..self.groups[index + 1].start]
    }

    pub(super) fn gaps(&self) -> impl Iterator<Item = &'a str> {
        let run = *self;
        (1..self.len()).map(move |index| run.gap(index - 1))
    }

    pub(super) fn digits(&self) -> usize {
        self.groups.iter().map(Range::len).sum()
    }

    /// Whether whole groups of it make a card number.
    pub(super) fn has_card(&self) -> bool {
        (0..self.len()).any(|start| {
            let parts = (start + 1..=self.len()).map(|end| self.part(start..end));
            parts.take_while(|part| part.digits() <= 19).any(|part| part.is_card())
        })
    }

    pub(super) fn is_card(&self) -> bool {
        (13..=19).contains(&self.digits()) && luhn(self.all().flat_map(str::bytes))
    }
}

/// ISO 7812: every second digit from the right doubled, its digits added, makes tens.
fn luhn(digits: impl Iterator<Item = u8>) -> bool {
    let mut digits: Vec<u32> = digits.map(|digit| u32::from(digit - b'0')).collect();
    digits.reverse();
    let sum: u32 = digits
        .iter()
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { *digit } else { digit * 2 / 10 + digit * 2 % 10 })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_makers_test_cards_are_valid_and_a_slip_of_the_pen_is_not() {
        for card in ["4111111111111111", "5555555555554444", "378282246310005", "30569309025904"] {
            assert!(luhn(card.bytes()), "{card}");
        }
        assert!(!luhn("4111111111111112".bytes()));
    }
}
