//! The command line, thin.

use mimalloc::MiMalloc;

/// Filling a store allocates all the time, and most of it is SQLite's, which this serves too.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> std::process::ExitCode {
    cxbot::cli::run()
}
