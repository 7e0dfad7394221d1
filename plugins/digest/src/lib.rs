//! The weekly digest plugin.
