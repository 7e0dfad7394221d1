//! cxbot: weekly digests, look-ups and a mood poll over AI-scored support conversations.

pub mod chat;
