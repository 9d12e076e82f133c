//! The same house over TLS, with a certificate of its own root, for clients that insist on https.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::extract::{FromRequestParts as _, Request};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::Sandbox;

/// How long a client may take to shake hands.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many may shake hands or wait to be served at once.
const WAITING: usize = 64;

/// Connections that have shaken hands. One that is slow to do so holds up nobody else.
pub struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

/// Who is at the other end, as `serve` tells it.
#[derive(Clone, Copy, Debug)]
pub struct Peer(SocketAddr);

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Peer {
        Peer(*stream.remote_addr())
    }
}

impl Sandbox {
    /// Listens on `tcp` with a certificate for `localhost` and the loopback addresses, issued by the
    /// root in `data/keys/sandbox-root.pem`.
    ///
    /// Errors: the root or the certificate cannot be made.
    pub fn tls_listener(&self, tcp: TcpListener) -> anyhow::Result<TlsListener> {
        let issued = self.root().issue(&["localhost", "127.0.0.1", "::1"])?;
        let chain = vec![
            CertificateDer::from_pem_slice(issued.certificate_pem.as_bytes())?,
            CertificateDer::from_pem_slice(self.root().certificate_pem().as_bytes())?,
        ];
        let key = PrivateKeyDer::from_pem_slice(issued.key_pem.as_bytes())?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .context("the sandbox's certificate")?;
        let address = tcp.local_addr()?;
        let (sender, ready) = mpsc::channel(WAITING);
        tokio::spawn(accept(tcp, TlsAcceptor::from(Arc::new(config)), sender));
        Ok(TlsListener { ready, address })
    }

    /// The router for a [`TlsListener`]: serve it with `into_make_service_with_connect_info::<Peer>()`.
    pub fn tls_router(&self) -> Router {
        self.router().layer(middleware::from_fn(tell_the_peer))
    }
}

/// The rest of the house knows its peers by `ConnectInfo<SocketAddr>`.
async fn tell_the_peer(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    if let Ok(ConnectInfo(Peer(address))) = ConnectInfo::<Peer>::from_request_parts(&mut parts, &()).await {
        parts.extensions.insert(ConnectInfo(address));
    }
    next.run(Request::from_parts(parts, body)).await
}

async fn accept(tcp: TcpListener, acceptor: TlsAcceptor, ready: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>) {
    loop {
        // a place is taken before the connection is, so that a flood waits in the system's queue
        let Ok(place) = ready.clone().reserve_owned().await else { return };
        match tcp.accept().await {
            Ok((stream, address)) => {
                let handshake = acceptor.accept(stream);
                tokio::spawn(async move {
                    match tokio::time::timeout(PATIENCE, handshake).await {
                        Ok(Ok(stream)) => drop(place.send((stream, address))),
                        Ok(Err(error)) => tracing::debug!(%address, %error, "no TLS"),
                        Err(_) => tracing::debug!(%address, "a handshake that took too long"),
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // the accepting task ends with the runtime only
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.address)
    }
}
