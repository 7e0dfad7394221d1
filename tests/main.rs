//! The one integration-test binary: the real program in a world of strict fakes.

mod counts;
mod independent;
mod sync;
mod world;
