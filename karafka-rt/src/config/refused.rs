//! Properties that cannot be configured although librdkafka has them, and names that other clients have, each with what to
//! use instead.

const OFFSETS: &str = "the framework commits what handlers have done; set `processing.commit_interval`, or `manual_offsets` in the routes";
const CODE: &str = "it would run code that is not part of this program";
pub(super) const CALLBACK: &str = "the framework owns the client's queues and callbacks";

/// Properties that the framework owns, and what to use instead.
#[rustfmt::skip]
pub(super) const REFUSED: &[(&str, &str)] = &[
    ("allow.auto.create.topics", "it is always `false`, so that a misspelt topic stays missing; declare topics in the routes"),
    ("auto.commit.enable", OFFSETS),
    ("auto.commit.interval.ms", OFFSETS),
    ("auto.offset.reset", "use `initial_offset` in the routes"),
    ("builtin.features", "it is fixed when the program is built"),
    ("consume.callback.max.messages", CALLBACK),
    ("delivery.report.only.error", "the framework needs every delivery report"),
    ("enable.auto.commit", OFFSETS),
    ("enable.auto.offset.store", OFFSETS),
    ("enable.idempotence", "it is always `true`: a retry must not write a record twice"),
    ("enable.metrics.push", "it is always `false`; use the framework's own metrics"),
    ("enable.partition.eof", "the framework has no use for it: it moves the position of partition queues"),
    ("enabled_events", CALLBACK),
    ("group.id", "use the name of the `consumer_group` in the routes"),
    ("group.instance.id", "use `membership static` in the routes; the id is made from the application, instance, node and connection"),
    ("group.protocol", "use `protocol` in the routes"),
    ("group.protocol.type", "it is always `consumer`"),
    ("isolation.level", "use `isolation` in the routes"),
    ("log.queue", CALLBACK),
    ("offset.store.method", OFFSETS),
    ("offset.store.path", OFFSETS),
    ("offset.store.sync.interval.ms", OFFSETS),
    ("plugin.library.paths", CODE),
    ("produce.offset.report", "the framework needs every delivery report"),
    ("queued.max.messages.kbytes", "use `processing.partition_buffer`"),
    ("request.required.acks", "it is always `all`: progress moves only after what was produced is acknowledged"),
    ("sasl.kerberos.kinit.cmd", CODE),
    ("ssl.engine.id", CODE),
    ("ssl.engine.location", CODE),
    ("ssl.providers", CODE),
    ("statistics.interval.ms", "it is always `0`: nobody reads librdkafka's statistics yet"),
    ("transactional.id", "it is made from the application, group, instance and node"),
];

/// What somebody who knows another client may look for.
pub(super) const ELSEWHERE: &[(&str, &str)] = &[
    ("bootstrap.server", "write `bootstrap.servers`"),
    ("key.deserializer", "the codec of a consumer decodes"),
    ("key.serializer", "the codec of a topic encodes"),
    ("max.poll.records", "use `max_messages` in the routes"),
    ("sasl.jaas.config", "use `sasl.mechanisms`, `sasl.username` and `sasl.password`"),
    ("ssl.truststore.location", "use `ssl.ca.location` (PEM)"),
    ("value.deserializer", "the codec of a consumer decodes"),
    ("value.serializer", "the codec of a topic encodes"),
];
