//! The one integration-test binary: the real program in a world of strict fakes.

mod ask;
mod cards;
mod cli;
mod counts;
mod delivery;
mod direct;
mod discord;
mod forget;
mod groups;
mod independent;
mod looks;
mod matrix;
mod members;
mod mood;
mod parties;
mod polls;
mod protected;
mod redaction;
mod refusals;
mod run;
mod slots;
mod sync;
mod tls;
mod walls;
mod windows;
mod world;
