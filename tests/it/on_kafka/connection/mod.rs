//! The consuming side against what Kafka does to it: topics that are denied, deleted and created anew, records that are gone,
//! places in time, clusters that speak another protocol.

mod anew;
mod denied;
mod memory;
mod places;
mod protocols;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::admin::AdminClient;
use rdkafka::client::DefaultClientContext;

use super::records::topics::LONG;

/// Changes topics faster than Kafka's own programs start.
fn changing(servers: &str) -> AdminClient<DefaultClientContext> {
    ClientConfig::new().set("bootstrap.servers", servers).create().unwrap()
}

/// Waits for a change.
fn done<T>(change: impl Future<Output = T>) -> T {
    let (mut change, deadline) = (pin!(change), Instant::now() + LONG);
    loop {
        if let Poll::Ready(result) = change.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return result;
        }
        assert!(Instant::now() < deadline, "the change was not made");
        std::thread::sleep(Duration::from_millis(5));
    }
}
