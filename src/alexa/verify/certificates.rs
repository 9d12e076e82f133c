//! Certificates, fetched once and kept until they run out.
//!
//! No redirect is followed, no more than 64 KiB is read, and three seconds are all there is; what did not
//! pass is not fetched again for a while, so that nobody can make the shop download at will.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;

use super::Refused;
use super::address::ChainAddress;
use super::chain::{Chain, Roots};
use crate::base::clock::Millis;

const TIMEOUT: Duration = Duration::from_secs(3);
const LARGEST: usize = 64 * 1024;

/// How many chains are kept. Amazon changes its own about once a year.
const MOST: u64 = 16;

/// How long an address that gave nothing useful is left alone.
const REST: Duration = Duration::from_secs(10);

/// The client could not be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up the client for Alexa's certificates: {0}")]
pub struct NoCertificates(#[from] reqwest::Error);

/// Where chains come from. Cheap to clone; clones share what was fetched.
#[derive(Clone, Debug)]
pub struct Certificates {
    http: reqwest::Client,
    base: Option<String>,
    kept: Cache<ChainAddress, Arc<Chain>>,
    useless: Cache<ChainAddress, Refused>,
}

impl Certificates {
    /// `base` is where verified addresses are really fetched from; none for Amazon.
    pub fn new(base: Option<String>) -> Result<Certificates, NoCertificates> {
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .build()?;
        let useless = Cache::builder().max_capacity(1000).time_to_live(REST).build();
        Ok(Certificates { http, base, kept: Cache::new(MOST), useless })
    }

    /// The chain at `address`, checked against `roots` when it was fetched; one that has run out at `now` is
    /// fetched anew, once.
    pub async fn chain(&self, address: &ChainAddress, roots: &Roots, now: Millis) -> Result<Arc<Chain>, Refused> {
        if let Some(kept) = self.kept.get(address) {
            if kept.is_still_good(now) {
                return Ok(kept);
            }
            self.kept.invalidate(address);
        }
        if let Some(why) = self.useless.get(address) {
            return Err(why);
        }
        let fetched = self.fetch(address).await.and_then(|chain| chain.check(roots, now).map(|()| Arc::new(chain)));
        match &fetched {
            Ok(chain) => self.kept.insert(address.clone(), chain.clone()),
            Err(why) => self.useless.insert(address.clone(), *why),
        }
        fetched
    }

    async fn fetch(&self, address: &ChainAddress) -> Result<Chain, Refused> {
        let from = match &self.base {
            Some(base) => format!("{base}{}", address.name()),
            None => address.as_str().to_owned(),
        };
        let pem = self.download(&from).await.ok_or(Refused::Download)?;
        Chain::from_pem(&pem).ok_or(Refused::Certificate)
    }

    async fn download(&self, from: &str) -> Option<Vec<u8>> {
        let mut reply = self.http.get(from).send().await.ok().filter(|reply| reply.status().as_u16() == 200)?;
        let mut body = Vec::new();
        while let Some(part) = reply.chunk().await.ok()? {
            body.extend_from_slice(&part);
            if body.len() > LARGEST {
                return None;
            }
        }
        Some(body)
    }
}
