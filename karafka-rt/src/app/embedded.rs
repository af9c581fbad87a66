//! The embedded broker under a program: instead of a Kafka that is not configured, or alone (`dev`).

use std::collections::BTreeMap;
use std::io;

use super::builder::{App, DevBrokerUse};
use crate::config::Config;
use crate::consumer::Routes;
use crate::dev_broker::{self, DevBroker, DevBrokerError};

/// Partitions of a topic that does not declare how many: the broker keeps 5 MiB of each.
const PARTITIONS: u32 = 5;

/// Starts one when the program wants it and no brokers are configured, with the topics of its routes, and points the
/// configuration at it. To be kept for as long as the program runs. Makes no thread.
pub(super) fn start(app: &App, config: &mut Config) -> Result<Option<DevBroker>, DevBrokerError> {
    if config.bootstrap_servers().is_some() || app.dev_broker == DevBrokerUse::Never {
        return Ok(None);
    }
    let mut broker = DevBroker::start()?;
    for (name, partitions) in topics(&app.blocks, config) {
        broker.create_topic(&name, partitions)?;
    }
    tracing::warn!(
        servers = broker.bootstrap_servers(),
        "no brokers are configured, so an embedded one was started: what it holds is gone when this program ends"
    );
    config.use_dev_broker(broker.bootstrap_servers());
    Ok(Some(broker))
}

/// Runs one in the foreground.
pub(super) fn serve(app: &App, config: &Config) -> Result<(), DevBrokerError> {
    dev_broker::serve(&topics(&app.blocks, config), &mut io::stdout())
}

/// Every topic that the blocks name, by its full name; the most partitions that any of them declares.
fn topics(blocks: &[Routes], config: &Config) -> Vec<(String, i32)> {
    let mut topics = BTreeMap::new();
    for topic in blocks.iter().flat_map(|block| block.topology.topics) {
        let partitions = topic.partitions.map_or(PARTITIONS, |declared| declared.max(1)).cast_signed();
        topics
            .entry(config.topic_name(topic.name))
            .and_modify(|most: &mut i32| *most = partitions.max(*most))
            .or_insert(partitions);
    }
    topics.into_iter().collect()
}
