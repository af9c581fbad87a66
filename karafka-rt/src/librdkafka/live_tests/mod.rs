//! Tests of this module on a real Kafka: `TEST_BOOTSTRAP_SERVERS` names one. Without it they say that they are skipped.

mod cluster;
mod ending;
mod group;
mod member;
mod offsets;
