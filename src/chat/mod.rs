//! Where people read and ask: one platform each, and the pure renderers that they share.

pub mod render;
