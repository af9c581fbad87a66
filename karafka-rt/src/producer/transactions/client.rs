//! One transactional producer. Whoever has it serves its reports: there is no thread of its own.

use std::time::{Duration, Instant};

use crate::consumer::{Outgoing, ProduceError};
use crate::failpoint::{self, Point};
use crate::librdkafka::{
    CallError, Code, CommitEntry, DeliveryFailure, LogLine, LogSink, ProducerClient, RecordToSend, Report,
    TransactionCallError, log_to_tracing,
};

use super::super::failure::produce_error;
use super::super::limits::{PRODUCE_QUEUE_WAIT, TOPIC_NAME_BYTES};
use super::super::port::full_name;
use super::settings::TransactionSettings;

/// Waits for reports are cut into such pieces, so that a wake-up which is missed costs little.
const LOOK: Duration = Duration::from_millis(100);
/// Most events served when nobody waits for one.
const MOST_EVENTS: usize = 1_000;

pub(super) struct TransactionalClient {
    /// Every report carries the index of the record that the handler worked on.
    native: ProducerClient<usize>,
    topic_prefix: String,
    client_limit: String,
    log: LogSink,
    outstanding: usize,
    /// The lowest index whose record failed in this transaction, and why.
    failed: Option<(usize, ProduceError)>,
    /// A connection failed or a request timed out since the transaction began.
    troubled: bool,
}

/// How waiting for acknowledgements ended.
#[derive(Debug)]
pub(super) enum Flushed {
    All,
    Failed(usize, ProduceError),
    /// So many records are not settled.
    Late(usize),
}

impl TransactionalClient {
    /// Makes the client. Brokers need not be there.
    pub(super) fn create(settings: &TransactionSettings, id: &str) -> Result<Self, CallError> {
        let properties = settings.complete(id);
        let client_limit = properties.get("message.max.bytes").cloned().unwrap_or_default();
        Ok(Self {
            native: ProducerClient::create(&properties)?,
            topic_prefix: settings.topic_prefix.clone(),
            client_limit,
            log: log_to_tracing(id.to_owned()),
            outstanding: 0,
            failed: None,
            troubled: false,
        })
    }

    /// Ends what an earlier producer with this id left open, and fences it. Waits, at most `bound`.
    pub(super) fn init(&mut self, bound: Duration) -> Result<(), TransactionCallError> {
        let result = self.native.init_transactions(bound);
        self.serve_what_is_there();
        result
    }

    pub(super) fn begin(&mut self) -> Result<(), TransactionCallError> {
        self.serve_what_is_there();
        (self.outstanding, self.failed, self.troubled) = (0, None, false);
        let begun = self.native.begin_transaction();
        failpoint::at(Point::TransactionBegun);
        begun
    }

    /// Queues a record; waits for room, at most [`PRODUCE_QUEUE_WAIT`].
    pub(super) fn produce(&mut self, record: &Outgoing<'_>, index: usize) -> Result<(), ProduceError> {
        let mut name = [0; TOPIC_NAME_BYTES + 1];
        let topic = full_name(&self.topic_prefix, record.destination, &mut name)?;
        let Outgoing { partition, key, payload, headers, timestamp, .. } = *record;
        let record = RecordToSend { topic, partition, key, payload, headers, timestamp };
        let deadline = Instant::now() + PRODUCE_QUEUE_WAIT;
        let mut opaque = Box::new(index);
        loop {
            match self.native.send(record, opaque) {
                Ok(()) => {
                    self.outstanding += 1;
                    return Ok(());
                }
                Err((CallError { code: Code::LOCAL_QUEUE_FULL, .. }, back)) if Instant::now() < deadline => {
                    opaque = back;
                    self.serve(LOOK);
                }
                Err((CallError { code, text }, _)) => {
                    let topic = topic.to_string_lossy().into_owned();
                    let bytes = key.map_or(0, <[u8]>::len) + payload.map_or(0, <[u8]>::len);
                    let failure = DeliveryFailure { code, text, topic, partition: partition.unwrap_or(-1), bytes };
                    return Err(produce_error(failure, &self.client_limit));
                }
            }
        }
    }

    /// Waits until everything that was produced is acknowledged or has failed, at most `bound`. A producer of which a record failed
    /// has a gap in its sequence numbers: librdkafka fails its next transaction (`OUT_OF_ORDER_SEQUENCE_NUMBER`, "skipped sequence
    /// numbers").
    pub(super) fn flush(&mut self, bound: Duration) -> Flushed {
        let deadline = Instant::now() + bound;
        while self.outstanding > 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Flushed::Late(self.outstanding);
            }
            self.serve(left.min(LOOK));
        }
        match &self.failed {
            None => Flushed::All,
            Some((index, error)) => Flushed::Failed(*index, error.clone()),
        }
    }

    pub(super) fn send_offsets(
        &mut self,
        entry: CommitEntry,
        membership: &[u8],
        bound: Duration,
    ) -> Result<(), TransactionCallError> {
        failpoint::at(Point::BeforeSendOffsets);
        let result = self.native.send_offsets(&[entry], membership, bound);
        self.serve_what_is_there();
        result
    }

    pub(super) fn commit(&mut self, bound: Duration) -> Result<(), TransactionCallError> {
        failpoint::at(Point::BeforeEndTransaction);
        let result = self.native.commit_transaction(bound);
        failpoint::at(Point::AfterEndTransaction);
        self.serve_what_is_there();
        result
    }

    pub(super) fn abort(&mut self, bound: Duration) -> Result<(), TransactionCallError> {
        let result = self.native.abort_transaction(bound);
        self.serve_what_is_there();
        result
    }

    /// Whether a connection failed or a request timed out since the transaction began: a request may be on its way twice.
    pub(super) fn is_troubled(&self) -> bool {
        self.troubled
    }

    /// Reads events that nobody waits for: log lines and errors of an idle producer must not pile up.
    pub(super) fn serve_what_is_there(&mut self) {
        for _ in 0..MOST_EVENTS {
            if !self.serve(Duration::ZERO) {
                return;
            }
        }
    }

    /// Waits for one event, at most `bound`.
    fn serve(&mut self, bound: Duration) -> bool {
        let Self { native, log, outstanding, failed, troubled, client_limit, .. } = self;
        native.poll(bound, |report| match report {
            Report::Delivery(index, failure) => {
                *outstanding = outstanding.saturating_sub(1);
                if let Some(failure) = failure
                    && failed.as_ref().is_none_or(|(lowest, _)| *index < *lowest)
                {
                    *failed = Some((*index, produce_error(failure, client_limit)));
                }
            }
            Report::ClientError(code, text) => {
                *troubled |= code.is_transport();
                log(&LogLine { level: 4, facility: &code.name(), text: &text });
            }
            Report::Log(line) => {
                *troubled |= matches!(line.facility, "FAIL" | "REQTMOUT");
                log(line);
            }
        })
    }
}
