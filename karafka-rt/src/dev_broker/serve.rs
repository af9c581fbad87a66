//! The `dev` command: an embedded broker in the foreground.

use std::io::{self, Write};
use std::time::Duration;

use crate::librdkafka::MockCluster;
use crate::os::{CaughtSignals, Signal};

use super::error::DevBrokerError;

/// Runs a broker with these topics in this process until Ctrl-C, TERM or HUP, and writes to `out` where it is.
pub(crate) fn serve(topics: &[(String, i32)], out: &mut dyn Write) -> Result<(), DevBrokerError> {
    let signals = CaughtSignals::install(&[Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP])?;
    let cluster = MockCluster::start(1).map_err(io::Error::other)?;
    for (name, partitions) in topics {
        cluster.create_topic(name, *partitions).map_err(|error| DevBrokerError::Refused(error.to_string()))?;
    }
    write!(out, "{}", banner(&cluster.bootstrap_servers(), topics))?;
    out.flush()?;
    // A signal ends the wait; its length only says how often nothing happens.
    while !signals.wait(Duration::from_mins(1))? {}
    Ok(())
}

fn banner(servers: &str, topics: &[(String, i32)]) -> String {
    let line = |(name, partitions): &(String, i32)| format!("  topic {name}, {partitions} partitions\n");
    let topics = topics.iter().map(line).collect::<Vec<_>>().concat();
    format!(
        "An embedded broker for development runs at {servers}; Ctrl-C ends it.\n\
         In another terminal:  export KARAFKA_BOOTSTRAP_SERVERS={servers}\n\
         It keeps the last 5 MiB or 100,000 batches of each partition, nothing after its end, and has no real transactions.\n\
         {topics}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_banner_says_where_what_and_what_not() {
        let text = banner("127.0.0.1:9", &[("orders".into(), 5)]);
        for part in ["KARAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9\n", "5 MiB", "topic orders, 5 partitions", "Ctrl-C"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
