//! The one integration-test binary: the real application over files and fakes.

mod counts;
mod independent;
