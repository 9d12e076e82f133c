//! The same over TLS, for SDKs that insist on https: with a certificate for this machine that the sandbox's
//! own root has issued. A client trusts `sandbox-root.pem`, nothing more.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

use super::Sandbox;
use super::root::Issued;

/// The names that the certificate is for.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// How long a client may take to shake hands.
const PATIENCE: Duration = Duration::from_secs(10);

impl Sandbox {
    /// Serves everything over TLS on `listener` until `stop`.
    ///
    /// Errors: the certificate could not be issued, or the listener has no address.
    pub async fn serve_tls(&self, listener: TcpListener, stop: CancellationToken) -> anyhow::Result<()> {
        let sandbox = self.clone();
        let issued = tokio::task::spawn_blocking(move || sandbox.root().issue(&NAMES)).await??;
        let listener = TlsListener::open(listener, acceptor(&issued)?)?;
        let router = self.router().layer(middleware::from_fn(name_peer));
        let service = router.into_make_service_with_connect_info::<Peer>();
        let asked = stop.clone();
        let server = axum::serve(listener, service).with_graceful_shutdown(async move { asked.cancelled().await });
        let server = tokio::spawn(server.into_future());
        stop.cancelled().await;
        let _ = tokio::time::timeout(PATIENCE, server).await;
        Ok(())
    }
}

fn acceptor(issued: &Issued) -> anyhow::Result<TlsAcceptor> {
    let certificate = CertificateDer::from_pem_slice(issued.certificate_pem.as_bytes())?;
    let key = PrivateKeyDer::from_pem_slice(issued.key_pem.as_bytes())?;
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .context("using the sandbox's certificate")?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Hands out connections whose handshake is done; one that dawdles holds nobody up.
struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

impl TlsListener {
    fn open(listener: TcpListener, acceptor: TlsAcceptor) -> io::Result<TlsListener> {
        let address = listener.local_addr()?;
        let (done, ready) = mpsc::channel(16);
        tokio::spawn(async move {
            loop {
                let accepted = tokio::select! {
                    () = done.closed() => return,
                    accepted = listener.accept() => accepted,
                };
                let Ok((stream, peer)) = accepted else {
                    // Out of file descriptors, most likely: a moment later there are some.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                };
                let (done, acceptor) = (done.clone(), acceptor.clone());
                tokio::spawn(async move {
                    match tokio::time::timeout(PATIENCE, acceptor.accept(stream)).await {
                        Ok(Ok(stream)) => drop(done.send((stream, peer)).await),
                        Ok(Err(error)) => tracing::debug!(%peer, %error, "a TLS handshake failed"),
                        Err(_) => tracing::debug!(%peer, "a TLS handshake took too long"),
                    }
                });
            }
        });
        Ok(TlsListener { ready, address })
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(ready) => ready,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

/// Who is at the other end.
#[derive(Clone, Copy)]
struct Peer(SocketAddr);

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Peer {
        Peer(*stream.remote_addr())
    }
}

/// Names the other end as a plain listener does, which the guard of the control calls looks at.
async fn name_peer(ConnectInfo(Peer(address)): ConnectInfo<Peer>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(ConnectInfo(address));
    next.run(request).await
}
