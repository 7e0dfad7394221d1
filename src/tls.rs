//! What the operator reads of a server that is not trusted: without it, a proxy's own certificate
//! looks like a server that is away.

use std::error::Error;
use std::{io, iter};

/// More about a connection that did not come about: that nobody whom the machine trusts vouches for
/// the server; else nothing.
pub fn distrust(error: &(dyn Error + 'static)) -> &'static str {
    let is_distrust = |error: &(dyn Error + 'static)| {
        matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_)))
    };
    match iter::successors(Some(error), |error| inside(*error)).any(is_distrust) {
        true => {
            " (its certificate is not trusted; where a proxy has its own, name its file in \
             SSL_CERT_FILE)"
        }
        false => "",
    }
}

fn inside<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>() {
        // Asked for its source, it passes over the error that it wraps.
        Some(error) => error.get_ref().map(|error| error as _),
        None => error.source(),
    }
}
