//! The parts of librdkafka that rdkafka does not wrap, as safe values. No policy.
//!
//! Facts about librdkafka are cited by function name; they hold for librdkafka 2.12.
#![allow(unsafe_code, reason = "the border to librdkafka; every other module is safe code")]

mod admin_client;
mod admin_request;
mod assigning;
mod client;
mod consumer;
mod control;
mod error;
mod event;
mod group_metadata;
mod leaving;
mod list;
#[cfg(test)]
mod live_tests;
mod log;
mod membership;
mod memory;
mod message;
mod mock_cluster;
mod offsets;
mod offsets_answer;
mod partition_queue;
#[cfg(test)]
mod pause_tests;
mod produce_client;
mod produce_metadata;
mod produce_record;
mod queue;
mod transactions;

pub(crate) use admin_client::{AdminClient, AdminReport, AdminTurn};
pub(crate) use admin_request::TopicToCreate;
pub(crate) use assigning::Pausing;
pub(crate) use consumer::{CommitEntry, ConsumerClient, StartOffset};
pub(crate) use control::{CommitAnswer, ControlEvent};
pub(crate) use error::{CallError, Code};
#[cfg(test)]
pub(crate) use leaving::Destroyed;
pub(crate) use list::TopicPartition;
pub(crate) use log::{LogLine, LogSink, log_to_tracing};
pub(crate) use memory::trim_memory;
pub(crate) use message::NativeMessage;
pub(crate) use mock_cluster::MockCluster;
pub(crate) use offsets::{Isolation, OffsetsClient, OffsetsQueue, Which};
#[cfg(test)]
pub(crate) use offsets_answer::CommittedEntry;
pub(crate) use offsets_answer::{OffsetsAnswer, TopicFound, TopicId};
pub(crate) use partition_queue::PartitionQueue;
pub(crate) use produce_client::{ProducerClient, Report};
pub(crate) use produce_record::{DeliveryFailure, RecordToSend};
pub(crate) use transactions::{FailureKind, TransactionCallError};
