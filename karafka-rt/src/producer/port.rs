//! Producing: from a record of ours to librdkafka's queue.

use std::ffi::CStr;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};

use crate::consumer::{Destination, Outgoing, Port, ProduceError, Receipt};
use crate::failpoint::{self, Bug, Point};
use crate::librdkafka::{CallError, Code, DeliveryFailure, RecordToSend};

use super::limits::{PRODUCE_QUEUE_WAIT, TOPIC_NAME_BYTES};
use super::link::Link;
use super::reports;
use super::settings::ProducerSettings;
use super::signal::Signal;

/// An idempotent producer. Its thread ends when it is closed, or when it is dropped.
pub(crate) struct KafkaProducer {
    pub(super) shared: Arc<Shared>,
    /// Says that the report thread has ended and the client is gone.
    pub(super) ended: Mutex<Receiver<()>>,
}

/// What producing threads and the report thread share.
pub(super) struct Shared {
    pub(super) settings: ProducerSettings,
    pub(super) phase: RwLock<Phase>,
    pub(super) signal: Signal,
}

/// Where a producer is in its life.
pub(super) enum Phase {
    /// Records are taken.
    Open(Arc<Link>),
    /// The client had a fatal error and is being replaced.
    Replacing(String),
    /// Nothing is taken any more.
    Closed,
}

impl KafkaProducer {
    /// Creates the client and the thread that serves its reports. Brokers need not be there. To be called after a fork.
    pub(crate) fn start(settings: ProducerSettings) -> Result<Self, CallError> {
        let link = Link::open(&settings)?;
        let shared = Arc::new(Shared {
            settings,
            phase: RwLock::new(Phase::Open(Arc::clone(&link))),
            signal: Signal::default(),
        });
        let (end, ended) = sync_channel(1);
        let thread = std::thread::Builder::new().name("karafka-producer".into()).spawn({
            let shared = Arc::clone(&shared);
            move || {
                reports::run(&shared, link);
                let _ = end.send(());
            }
        });
        match thread {
            Ok(_) => Ok(Self { shared, ended: Mutex::new(ended) }),
            Err(error) => {
                let text = format!("no thread for the producer's reports: {error}");
                Err(CallError { code: Code::LOCAL_SYSTEM_RESOURCE, text })
            }
        }
    }
}

impl Port for KafkaProducer {
    fn produce(&self, record: &Outgoing<'_>, receipt: Receipt) -> Result<(), (ProduceError, Receipt)> {
        let mut name = [0; TOPIC_NAME_BYTES + 1];
        let topic = match full_name(&self.shared.settings.topic_prefix, record.destination, &mut name) {
            Ok(topic) => topic,
            Err(error) => return Err((error, receipt)),
        };
        let record = RecordToSend {
            topic,
            partition: record.partition,
            key: record.key,
            payload: record.payload,
            headers: record.headers,
            timestamp: record.timestamp,
        };
        if failpoint::is_planted(Bug::LostOutput) && fastrand::u32(0..50) == 0 {
            receipt.settle(Ok(()));
            return Ok(());
        }
        failpoint::at(Point::BeforeProduce);
        let queued = self.shared.produce(record, Box::new(receipt));
        failpoint::at(Point::AfterProduce);
        queued.map_err(|(error, receipt)| (error, *receipt))
    }

    fn partitions(&self, destination: Destination<'_>, bound: Duration) -> Result<i32, ProduceError> {
        let mut name = [0; TOPIC_NAME_BYTES + 1];
        let topic = full_name(&self.shared.settings.topic_prefix, destination, &mut name)?;
        let phase = self.shared.phase.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Phase::Open(link) = &*phase else {
            return Err(ProduceError::Unavailable("the producer is being replaced or closed".into()));
        };
        let link = Arc::clone(link);
        drop(phase);
        link.partitions(topic, bound).map_err(|CallError { code, text }| {
            let topic = topic.to_string_lossy().into_owned();
            link.explain(DeliveryFailure { code, text: format!("{text}: {code}"), topic, partition: -1, bytes: 0 })
        })
    }
}

enum Attempt {
    Queued,
    Failed(ProduceError, Box<Receipt>),
    /// Worth trying again once something changes.
    Wait(String, Box<Receipt>),
}

impl Shared {
    fn produce(&self, record: RecordToSend<'_>, mut receipt: Box<Receipt>) -> Result<(), (ProduceError, Box<Receipt>)> {
        let mut deadline = None;
        loop {
            let seen = self.signal.seen();
            match self.attempt(record, receipt) {
                Attempt::Queued => return Ok(()),
                Attempt::Failed(error, back) => return Err((error, back)),
                Attempt::Wait(why, back) => {
                    let deadline = *deadline.get_or_insert_with(|| Instant::now() + PRODUCE_QUEUE_WAIT);
                    if !self.signal.wait(seen, deadline) {
                        return Err((ProduceError::Unavailable(format!("{why} for {PRODUCE_QUEUE_WAIT:?}")), back));
                    }
                    receipt = back;
                }
            }
        }
    }

    fn attempt(&self, record: RecordToSend<'_>, receipt: Box<Receipt>) -> Attempt {
        let phase = self.phase.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let link = match &*phase {
            Phase::Open(link) => link,
            Phase::Replacing(reason) => {
                return Attempt::Wait(format!("the producer was being replaced ({reason})"), receipt);
            }
            Phase::Closed => {
                return Attempt::Failed(ProduceError::Unavailable("the producer is closed".into()), receipt);
            }
        };
        match link.send(record, receipt) {
            Ok(()) => Attempt::Queued,
            Err((CallError { code: Code::LOCAL_QUEUE_FULL, .. }, receipt)) => {
                Attempt::Wait("the producer's queue was full".into(), receipt)
            }
            // The report thread hears of it too, and replaces the client.
            Err((CallError { code: Code::LOCAL_FATAL, text }, receipt)) => Attempt::Wait(text, receipt),
            Err((CallError { code, text }, receipt)) => {
                let failure = DeliveryFailure {
                    code,
                    text,
                    topic: record.topic.to_string_lossy().into_owned(),
                    partition: record.partition.unwrap_or(-1),
                    bytes: record.key.map_or(0, <[u8]>::len) + record.payload.map_or(0, <[u8]>::len),
                };
                Attempt::Failed(link.explain(failure), receipt)
            }
        }
    }
}

/// The topic's full name, written into `buffer` with a closing NUL.
pub(super) fn full_name<'b>(
    prefix: &str,
    destination: Destination<'_>,
    buffer: &'b mut [u8; TOPIC_NAME_BYTES + 1],
) -> Result<&'b CStr, ProduceError> {
    let (prefix, name) = match destination {
        Destination::Declared(name) => (prefix, name),
        Destination::External(name) => ("", name),
    };
    let invalid =
        |reason: String| ProduceError::Topic { topic: format!("{prefix}{name}").escape_debug().to_string(), reason };
    let length = prefix.len() + name.len();
    if length == 0 || length > TOPIC_NAME_BYTES {
        return Err(invalid(format!("a topic name has 1 to {TOPIC_NAME_BYTES} bytes, this one {length}")));
    }
    buffer[..prefix.len()].copy_from_slice(prefix.as_bytes());
    buffer[prefix.len()..length].copy_from_slice(name.as_bytes());
    buffer[length] = 0;
    CStr::from_bytes_with_nul(&buffer[..=length]).map_err(|_| invalid("a topic name holds no NUL".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(prefix: &str, destination: Destination<'_>, expect: Result<&CStr, &str>) {
        let mut buffer = [1; TOPIC_NAME_BYTES + 1];
        match (full_name(prefix, destination, &mut buffer), expect) {
            (Ok(name), Ok(expect)) => assert_eq!(name, expect),
            (Err(error), Err(expect)) => assert!(error.to_string().contains(expect), "{error}"),
            (found, expect) => panic!("{found:?}, expected {expect:?}"),
        }
    }

    #[test]
    fn declared_topics_get_the_prefix_and_external_ones_do_not() {
        check("eu.", Destination::Declared("orders"), Ok(c"eu.orders"));
        check("eu.", Destination::External("orders"), Ok(c"orders"));
        check("", Destination::Declared(""), Err("1 to 249"));
        check("eu.", Destination::Declared(&"x".repeat(247)), Err("this one 250"));
        check("", Destination::External("a\0b"), Err("NUL"));
    }
}
