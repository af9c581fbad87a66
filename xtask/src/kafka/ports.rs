//! Free ports for a new cluster.
//!
//! They come from below the range from which the kernel takes the ports of outgoing connections: a port that is remembered
//! while its broker is down must not be taken by some client in the meantime.

use std::collections::HashSet;
use std::net::TcpListener;
use std::ops::Range;

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

/// Below Linux's default `ip_local_port_range` (32768 and up), above what services usually claim.
const RANGE: Range<u16> = 15_000..32_000;
/// How many ports are tried for one that is free.
const ATTEMPTS: u32 = 10_000;

/// The ports of one broker on 127.0.0.1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ports {
    /// No encryption, no credentials, may do everything.
    pub(crate) plaintext: u16,
    /// SASL/PLAIN without TLS; subject to ACLs.
    pub(crate) sasl: u16,
    /// Like `plaintext`, but its clients are sent to `proxy`.
    pub(crate) proxied: u16,
    /// Nothing listens here until a test puts a proxy in front of `proxied`.
    pub(crate) proxy: u16,
    /// Between the brokers.
    pub(crate) controller: u16,
}

impl Ports {
    fn all(&self) -> [u16; 5] {
        [self.plaintext, self.sasl, self.proxied, self.proxy, self.controller]
    }
}

/// Picks ports for `brokers` brokers that are free now and not in `reserved` (those of other clusters, running or not).
pub(crate) fn pick(brokers: usize, reserved: &[Ports]) -> anyhow::Result<Vec<Ports>> {
    let mut taken: HashSet<u16> = reserved.iter().flat_map(Ports::all).collect();
    let mut next = || -> anyhow::Result<u16> {
        for _ in 0..ATTEMPTS {
            let port = fastrand::u16(RANGE);
            if !taken.contains(&port) && TcpListener::bind(("127.0.0.1", port)).is_ok() {
                taken.insert(port);
                return Ok(port);
            }
        }
        bail!("found no free port between {} and {} on 127.0.0.1", RANGE.start, RANGE.end)
    };
    let mut one = || -> anyhow::Result<Ports> {
        Ok(Ports { plaintext: next()?, sasl: next()?, proxied: next()?, proxy: next()?, controller: next()? })
    };
    (0..brokers).map(|_| one()).collect::<anyhow::Result<_>>().context("cannot give ports to the brokers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_port_is_given_twice() {
        let first = pick(3, &[]).unwrap();
        let second = pick(3, &first).unwrap();
        let all: Vec<u16> = first.iter().chain(&second).flat_map(Ports::all).collect();
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), 30, "{all:?}");
        assert!(all.iter().all(|port| RANGE.contains(port)), "{all:?}");
    }
}
