//! A way to a server that can be cut and mended.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// Passes bytes on while it is not cut.
pub struct Proxy {
    pub port: u16,
    cut: Arc<AtomicBool>,
    changed: Arc<Notify>,
}

impl Proxy {
    pub async fn to(port: u16) -> Proxy {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let own = listener.local_addr().expect("the port just bound").port();
        let (cut, changed) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
        let (is_cut, is_changed) = (cut.clone(), changed.clone());
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                // A connection that is accepted and closed at once is what a server that is gone
                // behind a load balancer looks like.
                if is_cut.load(Ordering::SeqCst) {
                    continue;
                }
                let changed = is_changed.clone();
                tokio::spawn(async move {
                    let mut server =
                        TcpStream::connect(("127.0.0.1", port)).await.expect("a server");
                    tokio::select! {
                        _ = copy_bidirectional(&mut client, &mut server) => {}
                        () = changed.notified() => {}
                    }
                });
            }
        });
        Proxy { port: own, cut, changed }
    }

    /// Breaks every connection, and lets no new one through.
    pub fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
        self.changed.notify_waiters();
    }

    pub fn mend(&self) {
        self.cut.store(false, Ordering::SeqCst);
    }
}
