//! The colours, chosen to differ in lightness too: nothing is said by a hue alone.

use std::fmt;

/// Red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour(u8, u8, u8);

/// The picture's own ground.
pub(super) const PAPER: Colour = Colour(255, 255, 255);
/// Titles and values.
pub(super) const INK: Colour = Colour(27, 36, 48);
/// Everything else that is written.
pub(super) const QUIET: Colour = Colour(75, 85, 99);
/// Rules of the axis, and the edge of the picture.
pub(super) const RULE: Colour = Colour(140, 147, 157);
/// The line and its markers.
pub(super) const LINE: Colour = Colour(8, 69, 128);
/// The usual range, and its two edges.
pub(super) const BAND: Colour = Colour(214, 231, 246);
pub(super) const BAND_EDGE: Colour = Colour(64, 121, 172);

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Colour(red, green, blue) = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance as the Web Content Accessibility Guidelines 2.2 define it.
    fn luminance(Colour(red, green, blue): Colour) -> f64 {
        let linear = |part: u8| match f64::from(part) / 255.0 {
            part if part <= 0.04045 => part / 12.92,
            part => ((part + 0.055) / 1.055).powf(2.4),
        };
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    fn contrast(one: Colour, other: Colour) -> f64 {
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        one.max(other) / one.min(other)
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        assert!((contrast(Colour(0, 0, 0), Colour(255, 255, 255)) - 21.0).abs() < 1e-9);
        assert!((contrast(Colour(0x77, 0x77, 0x77), PAPER) - 4.48).abs() < 0.01);
    }

    #[test]
    fn everything_written_stands_out_from_what_is_behind_it() {
        for (text, ground) in [(INK, PAPER), (INK, BAND), (QUIET, PAPER)] {
            assert!(contrast(text, ground) >= 4.5, "{text} on {ground}");
        }
    }

    #[test]
    fn everything_drawn_stands_out_from_what_is_behind_it() {
        let pairs = [(LINE, PAPER), (LINE, BAND), (BAND_EDGE, PAPER), (BAND_EDGE, BAND)];
        for (shape, ground) in pairs.into_iter().chain([(RULE, PAPER)]) {
            assert!(contrast(shape, ground) >= 3.0, "{shape} on {ground}");
        }
    }
}
