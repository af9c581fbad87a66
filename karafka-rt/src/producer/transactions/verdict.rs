//! What an error of a transaction means for the transaction and for its producer. Pure.
//!
//! librdkafka repeats a request whose answer did not come, silently. Once a transaction met an error its producer is therefore
//! never used again under the same epoch: a late copy of a request could commit half of the next transaction, or lower its
//! offsets. Its replacement's `init_transactions` fences whatever is still on its way.

/// Where a transaction was when the error came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Waiting for what was produced.
    Flush,
    /// Sending the progress.
    Offsets,
    /// Committing.
    Commit,
}

/// What the error says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// The broker does not know this producer's epoch any more.
    Fenced,
    /// The group does not know this member or generation any more.
    StaleMembership,
    /// librdkafka did not send the request because of an earlier error.
    NotSent,
    /// Anything else: it may have been sent, and done.
    Other,
}

/// An error and when it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) step: Step,
    pub(super) cause: Cause,
    /// The transaction was open for as long as the broker allows.
    pub(super) expired: bool,
}

/// What became of the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    NotCommitted,
    /// Not committed, and to be begun again with another membership.
    StaleMembership,
    Unknown,
    /// Somebody else uses this transactional id: the process has to end.
    Fenced,
}

/// A broker that ends a transaction by its time-out looks like one that fenced it for another producer; the clock tells them
/// apart. Only a commit that was sent can have happened.
pub(super) fn outcome(trouble: Trouble) -> Outcome {
    let Trouble { step, cause, expired } = trouble;
    match (step, cause) {
        (_, Cause::Fenced) if !expired => Outcome::Fenced,
        (Step::Commit, Cause::Fenced | Cause::StaleMembership | Cause::Other) => Outcome::Unknown,
        (Step::Offsets, Cause::StaleMembership) => Outcome::StaleMembership,
        (Step::Commit, Cause::NotSent) | (Step::Flush | Step::Offsets, _) => Outcome::NotCommitted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_commit_that_was_sent_leaves_a_question() {
        for (step, cause, expired, expected) in [
            (Step::Flush, Cause::Other, false, Outcome::NotCommitted),
            (Step::Offsets, Cause::Other, false, Outcome::NotCommitted),
            (Step::Commit, Cause::Other, false, Outcome::Unknown),
            (Step::Offsets, Cause::StaleMembership, false, Outcome::StaleMembership),
            (Step::Commit, Cause::StaleMembership, false, Outcome::Unknown),
            (Step::Commit, Cause::NotSent, false, Outcome::NotCommitted),
            (Step::Offsets, Cause::Fenced, false, Outcome::Fenced),
            (Step::Commit, Cause::Fenced, false, Outcome::Fenced),
            (Step::Commit, Cause::Fenced, true, Outcome::Unknown),
            (Step::Offsets, Cause::Fenced, true, Outcome::NotCommitted),
        ] {
            assert_eq!(outcome(Trouble { step, cause, expired }), expected, "{step:?} {cause:?} {expired}");
        }
    }
}
