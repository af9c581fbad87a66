//! Questions about offsets: every partition that was asked for is answered, whatever happens.

use std::os::fd::AsFd;
use std::slice::from_ref;
use std::sync::Arc;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::eventfd::{EfdFlags, EventFd};

use super::cluster::{Cluster, PATIENCE, at, wait};
use crate::librdkafka::{Code, CommittedEntry, Isolation, OffsetsAnswer, OffsetsClient, OffsetsQueue, Which};

#[test]
fn both_ends_are_found_and_a_missing_topic_fails_alone() {
    let Some(cluster) = Cluster::from_environment() else { return };
    let topic = cluster.create_topic("ends", 2);
    cluster.produce(&at(&topic, 0), 11);
    let missing = cluster.name("missing");
    let mut asking = Asking::of(OffsetsClient::create(&cluster.properties([])).unwrap());
    let partitions = [at(&topic, 0), at(&missing, 0), at(&topic, 1)];

    let mut check = |which, first: i64| {
        asking.queue.ask_range(3, &partitions, which, Isolation::ReadCommitted, PATIENCE).unwrap();
        let expected = [Ok(first), Err(Code::UNKNOWN_TOPIC_OR_PARTITION), Ok(0)];
        let entries = partitions.iter().cloned().zip(expected).collect();
        assert_eq!(asking.answer(), OffsetsAnswer::Range { ticket: 3, which, error: None, entries });
    };
    check(Which::Earliest, 0);
    check(Which::Latest, 11);
    check_later(&mut asking, &at(&topic, 0));

    let missing_only = [at(&missing, 0)];
    asking.queue.ask_range(5, &missing_only, Which::Latest, Isolation::ReadCommitted, PATIENCE).unwrap();
    let OffsetsAnswer::Range { ticket: 5, error: Some(Code::LOCAL_NO_ENTRY), .. } = asking.answer() else { panic!() };

    asking.queue.ask_topics(4, &[topic.clone(), missing.clone()], PATIENCE).unwrap();
    let OffsetsAnswer::Topics { ticket: 4, error: None, entries } = asking.answer() else { panic!() };
    assert_eq!(entries[1], (missing.clone(), Err(Code::UNKNOWN_TOPIC_OR_PARTITION)));
    let (name, Ok(found)) = &entries[0] else { panic!("{entries:?}") };
    assert_eq!((name, found.partitions), (&topic, 2));
    assert_ne!(found.id.0, [0, 0]);

    asking.queue.ask_topics(6, from_ref(&missing), PATIENCE).unwrap();
    let OffsetsAnswer::Topics { ticket: 6, error: None, entries } = asking.answer() else { panic!() };
    assert_eq!(entries, [(missing, Err(Code::UNKNOWN_TOPIC_OR_PARTITION))], "alone too");
}

/// Needs no Kafka: nothing listens on port 1.
#[test]
fn without_a_broker_every_question_is_answered_with_an_error_in_time() {
    let properties = [("bootstrap.servers".to_owned(), "127.0.0.1:1".to_owned())].into();
    let mut asking = Asking::of(OffsetsClient::create(&properties).unwrap());
    let (timeout, partition) = (Duration::from_millis(300), at("flights", 3));

    asking.queue.ask_committed(1, "group", from_ref(&partition), timeout).unwrap();
    let OffsetsAnswer::Committed { ticket: 1, error: Some(error), entries } = asking.answer() else { panic!() };
    let expected = CommittedEntry { at: partition.clone(), offset: None, metadata: None, error: Some(error) };
    assert!(error.is_transport(), "{error:?}");
    assert_eq!(entries, [expected]);

    asking.queue.ask_range(2, from_ref(&partition), Which::Latest, Isolation::ReadUncommitted, timeout).unwrap();
    let OffsetsAnswer::Range { ticket: 2, error: Some(error), entries, .. } = asking.answer() else { panic!() };
    assert_eq!(entries, [(partition, Err(error))]);

    asking.queue.ask_topics(3, &["flights".to_owned()], timeout).unwrap();
    let OffsetsAnswer::Topics { ticket: 3, error: Some(error), entries } = asking.answer() else { panic!() };
    assert_eq!(entries, [("flights".to_owned(), Err(error))]);
}

fn check_later(asking: &mut Asking, partition: &crate::librdkafka::TopicPartition) {
    let (which, isolation) = (Which::At(i64::MAX / 2), Isolation::ReadCommitted);
    asking.queue.ask_range(9, from_ref(partition), which, isolation, PATIENCE).unwrap();
    let OffsetsAnswer::Range { entries, .. } = asking.answer() else { panic!() };
    assert_eq!(entries, [(partition.clone(), Ok(-1))], "no record is that young");
}

struct Asking {
    queue: OffsetsQueue,
    wake: EventFd,
}

impl Asking {
    fn of(client: Arc<OffsetsClient>) -> Self {
        let wake = EventFd::from_flags(EfdFlags::EFD_NONBLOCK | EfdFlags::EFD_CLOEXEC).unwrap();
        Self { queue: OffsetsQueue::new(&client, wake.as_fd()).unwrap(), wake }
    }

    /// The next answer; it must have woken the descriptor.
    fn answer(&mut self) -> OffsetsAnswer {
        let mut answer = None;
        wait("an answer", || {
            let mut descriptors = [PollFd::new(self.wake.as_fd(), PollFlags::POLLIN)];
            if poll(&mut descriptors, PollTimeout::from(100u8)).unwrap() > 0 {
                let _ = self.wake.read();
                answer = self.queue.poll();
            }
            answer.is_some()
        });
        answer.unwrap()
    }
}
