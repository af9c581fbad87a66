//! Transactional producers: a pool of them per consumer group and node, and what an error means.
//!
//! The facts about librdkafka that this rests on stand with the calls, in `librdkafka/transactions.rs`.

mod client;
mod lazy;
mod open;
mod pool;
mod settings;
mod verdict;

pub(crate) use lazy::LazyTransactions;
pub(crate) use settings::TransactionSettings;
