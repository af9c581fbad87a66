//! Typed events. Every layer emits them; the log is one subscriber of them.

use std::time::Duration;

/// A partition, and an offset in it where there is one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) topic: &'static str,
    pub(crate) partition: i32,
    pub(crate) offset: i64,
}

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}[{}]@{}", self.topic, self.partition, self.offset)
    }
}

/// What finds the log lines and the dead letter of one failure together.
pub(crate) trait Name: std::fmt::Display + std::fmt::Debug {}

impl<T: std::fmt::Display + std::fmt::Debug> Name for T {}

/// What happened.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Event<'e> {
    /// A handler call failed; the record is tried again.
    Retrying { at: Place, attempt: u32, wait: Duration, trace: &'e dyn Name, error: &'e str },
    /// Every record of a batch fails by itself, so none is given up; the partition waits.
    Systemic { at: Place, wait: Duration, trace: &'e dyn Name, error: &'e str },
    /// A record is on its way to the dead letter queue.
    GivenUp { at: Place, attempts: u32, target: &'e str, trace: &'e dyn Name, error: &'e str },
    /// A record was dead-lettered.
    DeadLettered { at: Place, target: &'e str },
    /// A record was skipped by policy.
    Skipped { at: Place, attempts: u32, trace: &'e dyn Name, error: &'e str },
    /// A dead letter could not be written; its partition waits.
    DispatchFailed { at: Place, target: &'e str, wait: Duration, error: &'e str },
    /// A tick, revocation or shutdown hook failed.
    HookFailed { hook: &'static str, topic: &'static str, partition: i32, error: &'e str },
    /// Records that were not consumed are not in the log any more.
    DataGap { topic: &'static str, partition: i32, from: i64, to: i64 },
    /// The topic was deleted and created anew: it is read from its start.
    Recreated { topic: &'static str, partition: i32, from: i64, to: i64 },
    /// The committed offset is beyond the end of the log.
    BeyondEnd { topic: &'static str, partition: i32, committed: i64, end: i64 },
    /// A partition was assigned and starts.
    Started { topic: &'static str, partition: i32, offset: i64, group: &'e str },
    /// A partition was taken away.
    Revoked { topic: &'static str, partition: i32, lost: bool, group: &'e str },
    /// A commit failed.
    CommitFailed { group: &'e str, error: &'e str },
    /// A partition's fetch failed and is repaired.
    FetchFailed { topic: &'static str, partition: i32, error: &'e str },
    /// The client reported something; brokers away are no fault of a handler.
    ClientTrouble { group: &'e str, error: &'e str },
    /// A topic cannot be consumed; its siblings can.
    RouteFailed { group: &'e str, topic: &'static str, wait: Duration, error: &'e str },
    /// A topic can be consumed again.
    RouteRecovered { group: &'e str, topic: &'static str },
    /// A job outlived its assignment.
    Orphaned { topic: &'static str, partition: i32 },
}

/// Writes the event to the log. One sentence each; what repeats is limited by the output.
pub(crate) fn emit(event: Event<'_>) {
    match event {
        Event::Retrying { at, attempt, wait, trace, error } => {
            tracing::warn!(%at, attempt, ?wait, %trace, error, "handler failed, trying again");
        }
        Event::Systemic { at, wait, trace, error } => {
            tracing::error!(
                %at,
                ?wait,
                %trace,
                error,
                "every record fails by itself: something that all of them need is away, so none is given up and the partition waits"
            );
        }
        Event::GivenUp { at, attempts, target, trace, error } => {
            tracing::warn!(%at, attempts, target, %trace, error, "record given up, dead-lettering it");
        }
        Event::DeadLettered { at, target } => tracing::info!(%at, target, "record dead-lettered"),
        Event::Skipped { at, attempts, trace, error } => {
            tracing::warn!(%at, attempts, %trace, error, "record skipped by policy");
        }
        Event::DispatchFailed { at, target, wait, error } => {
            tracing::error!(%at, target, ?wait, error, "dead letter not written, its partition waits");
        }
        Event::HookFailed { hook, topic, partition, error } => {
            tracing::error!(hook, topic, partition, error, "hook failed");
        }
        Event::DataGap { topic, partition, from, to } => {
            tracing::error!(
                topic,
                partition,
                from,
                to,
                "data gap: records below `to` left the log before they were consumed"
            );
        }
        Event::Recreated { topic, partition, from, to } => {
            tracing::error!(
                topic,
                partition,
                from,
                to,
                "data gap: the topic was deleted and created anew, going on at its start"
            );
        }
        Event::RouteFailed { group, topic, wait, error } => {
            tracing::error!(group, topic, ?wait, error, "topic cannot be consumed, looked at again later");
        }
        Event::RouteRecovered { group, topic } => tracing::info!(group, topic, "topic can be consumed again"),
        Event::BeyondEnd { topic, partition, committed, end } => {
            tracing::error!(
                topic,
                partition,
                committed,
                end,
                "committed offset is beyond the end of the log, going on at its end"
            );
        }
        Event::Started { topic, partition, offset, group } => {
            tracing::info!(group, topic, partition, offset, "partition started");
        }
        Event::Revoked { topic, partition, lost, group } => {
            tracing::info!(group, topic, partition, lost, "partition revoked");
        }
        Event::CommitFailed { group, error } => tracing::warn!(group, error, "commit failed, sent again"),
        Event::FetchFailed { topic, partition, error } => {
            tracing::warn!(topic, partition, error, "fetch failed, going on at the next offset");
        }
        Event::ClientTrouble { group, error } => tracing::warn!(group, error, "client trouble"),
        Event::Orphaned { topic, partition } => {
            tracing::error!(topic, partition, "a job outlived its assignment; nothing of it has any effect");
        }
    }
}
