//! Ports for processes that are started later, and again after they were killed.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the range from which systems lend ports to clients: no call of somebody else's lands here between two lives.
const FROM: u16 = 12_000;
/// How many there are.
const COUNT: u16 = 20_000;
/// How far the next process of tests begins behind this one, so that two at a time keep out of each other's way.
const STRIDE: u32 = 401;

/// A port on which nobody listens, given out once.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = (std::process::id() * STRIDE) % u32::from(COUNT);
    loop {
        let nth = u32::from(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = FROM + u16::try_from((start + nth) % u32::from(COUNT)).unwrap();
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}
