//! The testing kit: what a user's test can say and see, without Kafka.

mod behaviour;
mod misuse;
