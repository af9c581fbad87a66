//! What happens to records, seen from outside: a user's program (`bin/records_fixture`) on a real Kafka, told by the records
//! themselves how to behave, judged by its journal, by what Kafka has afterwards, and by what its user reads.

mod bytes;
mod dead_letters;
mod flow;
mod hand_over;
pub(super) mod harness;
mod hooks;
mod manual;
mod metadata;
mod missing_topic;
mod narrowing;
mod payloads;
mod producing;
mod sentences;
mod ticks;
pub(super) mod topics;
mod transactions;
mod twins;
