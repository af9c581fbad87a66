//! Topic settings of Apache Kafka 4.3 (`org.apache.kafka.common.config.TopicConfig` and the tiered storage ones).

/// Every setting, by name.
pub(super) const SETTINGS: &[&str] = &[
    "cleanup.policy",
    "compression.gzip.level",
    "compression.lz4.level",
    "compression.type",
    "compression.zstd.level",
    "delete.retention.ms",
    "file.delete.delay.ms",
    "flush.messages",
    "flush.ms",
    "follower.replication.throttled.replicas",
    "index.interval.bytes",
    "leader.replication.throttled.replicas",
    "local.retention.bytes",
    "local.retention.ms",
    "max.compaction.lag.ms",
    "max.message.bytes",
    "message.timestamp.after.max.ms",
    "message.timestamp.before.max.ms",
    "message.timestamp.type",
    "min.cleanable.dirty.ratio",
    "min.compaction.lag.ms",
    "min.insync.replicas",
    "preallocate",
    "remote.log.copy.disable",
    "remote.log.delete.on.disable",
    "remote.storage.enable",
    "retention.bytes",
    "retention.ms",
    "segment.bytes",
    "segment.index.bytes",
    "segment.jitter.ms",
    "segment.ms",
    "unclean.leader.election.enable",
];

/// How alike two names must be for one to count as the other misspelt: one or two letters of a usual name. Other
/// settings pass, because brokers of other makers have more.
const NEAR: f64 = 0.84;

pub(super) fn near_miss(key: &str) -> Option<&'static str> {
    let folded = key.to_ascii_lowercase().replace(['_', '-'], ".");
    SETTINGS
        .iter()
        .map(|setting| (strsim::normalized_damerau_levenshtein(&folded, setting), *setting))
        .filter(|(score, _)| *score >= NEAR)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, setting)| setting)
}
