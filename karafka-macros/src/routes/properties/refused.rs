//! Properties that a block cannot set, each with what to use instead.

const OFFSETS: &str = "the framework commits what handlers have done, see `manual_offsets`";
const CODE: &str = "it would run code that is not part of this program";
const CALLBACK: &str = "the framework owns the client's queues and callbacks";
const ENVIRONMENT: &str = "it differs between environments, so write it in the configuration, section `kafka`";

/// Properties that the framework owns.
#[rustfmt::skip]
pub(super) const REFUSED: &[(&str, &str)] = &[
    ("allow.auto.create.topics", "it is always `false`, so that a misspelt topic stays missing; declare topics instead"),
    ("auto.commit.enable", OFFSETS),
    ("auto.commit.interval.ms", OFFSETS),
    ("auto.offset.reset", "use `initial_offset`"),
    ("builtin.features", "it is fixed when the program is built"),
    ("consume.callback.max.messages", CALLBACK),
    ("enable.auto.commit", OFFSETS),
    ("enable.auto.offset.store", OFFSETS),
    ("enable.metrics.push", "it is always `false`; use the framework's own metrics"),
    ("enable.partition.eof", "it moves the position of partition queues"),
    ("enabled_events", CALLBACK),
    ("group.id", "it is the name of the `consumer_group`"),
    ("group.instance.id", "use `membership static`"),
    ("group.protocol", "use `protocol`"),
    ("group.protocol.type", "it is always `consumer`"),
    ("isolation.level", "use `isolation`"),
    ("log.queue", CALLBACK),
    ("offset.store.method", OFFSETS),
    ("offset.store.path", OFFSETS),
    ("offset.store.sync.interval.ms", OFFSETS),
    ("plugin.library.paths", CODE),
    ("queued.max.messages.kbytes", "it is `processing.partition_buffer` in the configuration"),
    ("sasl.kerberos.kinit.cmd", CODE),
    ("ssl.engine.id", CODE),
    ("ssl.engine.location", CODE),
    ("ssl.providers", CODE),
    ("statistics.interval.ms", "the framework asks for statistics when somebody looks at them"),
];

/// What differs between environments: brokers, credentials, certificates.
const ENVIRONMENT_KEYS: &[&str] = &["bootstrap.servers", "metadata.broker.list", "security.protocol"];
const ENVIRONMENT_PREFIXES: &[&str] =
    &["sasl.", "ssl.", "ssl_", "https.", "enable.ssl.", "enable.sasl.", "oauthbearer_"];

/// What somebody who knows another client may look for.
const ELSEWHERE: &[(&str, &str)] = &[
    ("key.deserializer", "the codec of a consumer decodes"),
    ("key.serializer", "the codec of a topic encodes"),
    ("max.poll.records", "use `max_messages`"),
    ("value.deserializer", "the codec of a consumer decodes"),
    ("value.serializer", "the codec of a topic encodes"),
];

/// Why a block cannot set `key`, and what to do instead; `None` when it can.
pub(super) fn reason(key: &str) -> Option<&'static str> {
    let listed = REFUSED.iter().chain(ELSEWHERE).find(|(name, _)| *name == key).map(|(_, reason)| *reason);
    listed.or_else(|| {
        let environment =
            ENVIRONMENT_KEYS.contains(&key) || ENVIRONMENT_PREFIXES.iter().any(|prefix| key.starts_with(prefix));
        if environment { Some(ENVIRONMENT) } else { key.ends_with("_cb").then_some(CALLBACK) }
    })
}
