//! TLS before a fake: an authority that no machine knows, and doors with its certificate that pass on
//! what comes through them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use reqwest::Url;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::rustls::{AlertDescription, Error, ServerConfig};

const HOST: &str = "localhost";

/// An authority and what its doors have seen.
pub struct Authority {
    certificate: String,
    acceptor: TlsAcceptor,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    entered: AtomicUsize,
    refused: AtomicUsize,
}

impl Authority {
    pub fn new() -> Authority {
        let mut about = CertificateParams::new([]).expect("no names");
        about.distinguished_name.push(DnType::CommonName, "an authority of the tests");
        about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        about.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let issuer = CertifiedIssuer::self_signed(about, key()).expect("a certificate");
        let key = key();
        let leaf = CertificateParams::new([HOST.to_owned()]).expect("a name");
        let leaf = leaf.signed_by(&key, &issuer).expect("a certificate");
        // The provider is named, so that the tests have no part in which one the program takes.
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring has what they need")
            .with_no_client_auth()
            .with_single_cert(
                vec![leaf.der().clone()],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )
            .expect("a key that fits its certificate");
        Authority {
            certificate: issuer.pem(),
            acceptor: TlsAcceptor::from(Arc::new(config)),
            seen: Arc::default(),
        }
    }

    /// The authority's own certificate, as a file for those who are to trust it.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Opens a door before a plain address, as long as the test runs; the door's address.
    pub async fn before(&self, address: &str) -> String {
        let mut address = Url::parse(address).expect("an address");
        let inside = address.port().expect("a port of its own");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free loopback port");
        let outside = listener.local_addr().expect("the port just bound").port();
        let scheme = format!("{}s", address.scheme());
        address.set_scheme(&scheme).expect("http and ws have a sister with TLS");
        address.set_host(Some(HOST)).expect("a host");
        address.set_port(Some(outside)).expect("a port");
        let (acceptor, seen) = (self.acceptor.clone(), Arc::clone(&self.seen));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(acceptor.clone(), client, inside, Arc::clone(&seen)));
            }
        });
        address.as_str().trim_end_matches('/').to_owned()
    }

    /// How many came in.
    pub fn entered(&self) -> usize {
        self.seen.entered.load(Ordering::SeqCst)
    }

    /// How many went away because they do not know the authority.
    pub fn refused(&self) -> usize {
        self.seen.refused.load(Ordering::SeqCst)
    }
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

async fn pass(acceptor: TlsAcceptor, client: TcpStream, inside: u16, seen: Arc<Seen>) {
    match acceptor.accept(client).await {
        Ok(mut client) => {
            seen.entered.fetch_add(1, Ordering::SeqCst);
            let mut server = TcpStream::connect(("127.0.0.1", inside)).await.expect("the fake");
            // Whichever side ends it, the other one notices.
            let _ = copy_bidirectional(&mut client, &mut server).await;
        }
        Err(error) => {
            let error = error.get_ref().and_then(|error| error.downcast_ref::<Error>());
            if error == Some(&Error::AlertReceived(AlertDescription::UnknownCA)) {
                seen.refused.fetch_add(1, Ordering::SeqCst);
            }
        }
    }
}
