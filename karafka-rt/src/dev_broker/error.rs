//! What can go wrong with an embedded broker.

use std::time::Duration;

/// Why the embedded broker did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DevBrokerError {
    /// Its process could not be started or talked to.
    #[error("the embedded broker's process failed: {0}")]
    Process(#[from] std::io::Error),
    /// It ended.
    #[error("the embedded broker has ended; its own message is above this one")]
    Ended,
    /// It did not answer.
    #[error("the embedded broker did not answer within {0:?}")]
    Silent(Duration),
    /// It answered something else. Usually a program whose `main` does not call `run_if_asked` first.
    #[error(
        "expected the embedded broker to answer, found `{0}`: does `main` call `karafka_rt::dev_broker::run_if_asked()` \
         before anything else?"
    )]
    Unexpected(String),
    /// It refused.
    #[error("the embedded broker refused: {0}")]
    Refused(String),
}
