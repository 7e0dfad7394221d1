//! Named places where the tests end the process at once, to see that nothing is lost or doubled.
//! Release builds have none.

/// The variable that names the place, and at which pass: `intent stored:3`.
#[cfg(debug_assertions)]
const VARIABLE: &str = "CXBOT_TEST_CRASH";

#[cfg(not(debug_assertions))]
pub(crate) fn point(_: &str) {}

/// Ends the process here if the tests asked for it.
#[cfg(debug_assertions)]
pub(crate) fn point(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};
    static WANTED: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static PASSES: AtomicU32 = AtomicU32::new(0);
    let wanted = WANTED.get_or_init(|| {
        let text = std::env::var(VARIABLE).ok()?;
        let (name, passes) = text.split_once(':')?;
        Some((name.to_owned(), passes.parse().ok()?))
    });
    if let Some((place, passes)) = wanted
        && place == name
        && PASSES.fetch_add(1, Ordering::SeqCst) + 1 == *passes
    {
        // No destructor, no flush: the next best thing to SIGKILL that safe code can do.
        std::process::abort();
    }
}
