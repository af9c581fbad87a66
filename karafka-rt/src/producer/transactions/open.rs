//! A transaction that has begun.

use std::sync::Arc;
use std::time::Instant;

use super::client::Flushed;
use super::pool::{Member, Shared};
use super::verdict::{Cause, Outcome, Step, Trouble, outcome};
use crate::consumer::{OpenTransaction, Outgoing, ProduceError, TransactionError, TransactionProgress};
use crate::librdkafka::{Code, CommitEntry, FailureKind, TopicPartition, TransactionCallError};

pub(super) struct Open {
    shared: Arc<Shared>,
    /// Taken out when the transaction ends.
    member: Option<Member>,
    began: Instant,
}

/// Why a transaction did not get to its end.
enum Stop {
    /// A record was not taken: the transaction can be aborted in order.
    Refused(TransactionError),
    Failed(Trouble, String),
}

impl Open {
    pub(super) fn new(shared: Arc<Shared>, member: Member) -> Self {
        Self { shared, member: Some(member), began: Instant::now() }
    }

    fn end(&self, member: &mut Member, progress: Option<&TransactionProgress>) -> Result<(), Stop> {
        let bound = self.shared.settings.commit_deadline;
        self.flush(member)?;
        let client = &mut member.client;
        if let Some(progress) = progress {
            let TransactionProgress { topic, partition, next, metadata, membership } = progress;
            let at = TopicPartition { topic: (*topic).to_owned(), partition: *partition };
            let entry = CommitEntry { at, offset: *next, metadata: metadata.as_deref().map(str::to_owned) };
            client.send_offsets(entry, membership, bound).map_err(|error| self.failed(Step::Offsets, &error))?;
        }
        client.commit(bound).map_err(|error| self.failed(Step::Commit, &error))
    }

    fn flush(&self, member: &mut Member) -> Result<(), Stop> {
        let bound = self.shared.settings.commit_deadline;
        match member.client.flush(bound) {
            Flushed::All => Ok(()),
            // Records that were still queued when the transaction broke: the client says why when it is asked to commit, and
            // sends nothing.
            Flushed::Failed(_, ProduceError::Unavailable(_)) => match member.client.commit(bound) {
                Err(error) => Err(self.failed(Step::Flush, &error)),
                Ok(()) => {
                    Err(Stop::Failed(self.trouble(Step::Commit, Cause::Other), "records failed in it".to_owned()))
                }
            },
            Flushed::Failed(index, error) => Err(Stop::Refused(TransactionError::Produce { index, error })),
            Flushed::Late(left) => {
                let text = format!("{left} records were not acknowledged within {bound:?}");
                Err(Stop::Failed(self.trouble(Step::Flush, Cause::Other), text))
            }
        }
    }

    fn trouble(&self, step: Step, cause: Cause) -> Trouble {
        Trouble { step, cause, expired: self.is_expired() }
    }

    fn failed(&self, step: Step, error: &TransactionCallError) -> Stop {
        let cause = match error.kind {
            _ if error.is_fenced() => Cause::Fenced,
            _ if is_about_membership(error.code()) => Cause::StaleMembership,
            FailureKind::Abort | FailureKind::Refused => Cause::NotSent,
            FailureKind::Retriable | FailureKind::Fatal => Cause::Other,
        };
        Stop::Failed(self.trouble(step, cause), error.to_string())
    }

    /// Aborts in order, so that the producer can go on; else it is replaced.
    fn abort_with(&self, mut member: Member) {
        let bound = self.shared.settings.commit_deadline;
        // An abort right behind a produce may fail for good: everything is settled first.
        let flushed = matches!(member.client.flush(bound), Flushed::All);
        match member.client.abort(bound) {
            Ok(()) if flushed && !member.client.is_troubled() => self.shared.give_back(member),
            Err(error) if error.is_fenced() && !self.is_expired() => self.fenced(&member, &error.to_string()),
            Ok(()) | Err(_) => self.shared.discard(member),
        }
    }

    fn is_expired(&self) -> bool {
        self.began.elapsed() >= self.shared.settings.transaction_timeout
    }

    /// Somebody else has this transactional id. Taking it back would go on for ever, so the process ends.
    fn fenced(&self, member: &Member, text: &str) {
        let id = &self.shared.settings.ids[member.index];
        self.shared.give_up(format!(
            "another process uses the transactional id `{id}`: is `application.instance` unique among all processes of this \
             application? ({text})"
        ));
    }

    fn settle(&self, member: Member, trouble: Trouble, text: String, goes_on: &dyn Fn() -> bool) -> TransactionError {
        let index = member.index;
        match outcome(trouble) {
            Outcome::NotCommitted => {
                self.shared.discard(member);
                TransactionError::Unavailable(text)
            }
            Outcome::StaleMembership => {
                self.shared.discard(member);
                TransactionError::StaleMembership(text)
            }
            Outcome::Unknown => {
                let before = self.shared.replaced(index);
                self.shared.discard(member);
                self.shared.wait_replaced(index, before, goes_on);
                TransactionError::OutcomeUnknown(text)
            }
            Outcome::Fenced => {
                self.fenced(&member, &text);
                TransactionError::Unavailable(text)
            }
        }
    }
}

impl OpenTransaction for Open {
    fn produce(&mut self, record: &Outgoing<'_>, index: usize) -> Result<(), ProduceError> {
        match &mut self.member {
            Some(member) => member.client.produce(record, index),
            None => Err(ProduceError::Unavailable("the transaction is over".to_owned())),
        }
    }

    fn commit(
        mut self: Box<Self>,
        progress: Option<&TransactionProgress>,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<(), TransactionError> {
        let Some(mut member) = self.member.take() else { return Err(TransactionError::Aborted) };
        match self.end(&mut member, progress) {
            Ok(()) if member.client.is_troubled() => {
                self.shared.discard(member);
                Ok(())
            }
            Ok(()) => {
                self.shared.give_back(member);
                Ok(())
            }
            Err(Stop::Refused(error)) => {
                self.abort_with(member);
                Err(error)
            }
            Err(Stop::Failed(trouble, text)) => Err(self.settle(member, trouble, text, goes_on)),
        }
    }

    fn abort(mut self: Box<Self>) {
        if let Some(member) = self.member.take() {
            self.abort_with(member);
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(member) = self.member.take() {
            self.abort_with(member);
        }
    }
}

/// The group went on without this membership.
fn is_about_membership(code: Code) -> bool {
    matches!(
        code,
        Code::ILLEGAL_GENERATION
            | Code::UNKNOWN_MEMBER_ID
            | Code::STALE_MEMBER_EPOCH
            | Code::FENCED_MEMBER_EPOCH
            | Code::FENCED_INSTANCE_ID
            | Code::REBALANCE_IN_PROGRESS
    )
}
