//! What happens to records, seen from outside: a user's program (`bin/records_fixture`) on a real Kafka, told by the records
//! themselves how to behave, judged by its journal, by what Kafka has afterwards, and by what its user reads.

#![allow(dead_code, reason = "the harness serves tests that follow")]

mod dead_letters;
mod harness;
mod topics;
