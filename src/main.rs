//! The command line, thin.

fn main() -> std::process::ExitCode {
    cxbot::cli::run()
}
