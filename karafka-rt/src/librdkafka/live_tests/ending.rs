//! A client ends within its deadline, whatever holds it.

use std::time::{Duration, Instant};

use super::cluster::{Cluster, at, wait};
use super::member::{Member, PROTOCOLS};
use crate::librdkafka::{ControlEvent, Destroyed, StartOffset};

const DEADLINE: Duration = Duration::from_secs(3);

/// Scheduling on a busy machine.
const MARGIN: Duration = Duration::from_secs(2);

#[test]
fn a_client_that_has_not_left_its_group_is_forced() {
    each_protocol(|member| (member, None), Destroyed::Forced);
}

#[test]
fn a_revocation_that_nobody_answered_does_not_hold_the_end_up() {
    each_protocol(
        |mut member| {
            member.client.begin_close().unwrap();
            wait("the last revocation", || matches!(member.client.poll_control(), Some(ControlEvent::Revoke { .. })));
            (member, None)
        },
        Destroyed::Closed,
    );
}

#[test]
fn a_partition_queue_that_is_still_held_leaves_the_client_behind() {
    each_protocol(
        |mut member| {
            let queue = member.queues.pop_first().map(|(_, queue)| queue);
            (member, queue.map(|queue| Box::new(queue) as Box<dyn Send>))
        },
        Destroyed::LeftBehind,
    );
}

#[test]
fn a_record_that_is_still_held_leaves_the_client_behind() {
    each_protocol(
        |mut member| {
            let mut held = Vec::new();
            let mut queues = std::mem::take(&mut member.queues);
            wait("a record", || queues.values().any(|queue| queue.drain(&mut held, 1) == 1));
            queues.clear();
            (member, Some(Box::new(held)))
        },
        Destroyed::LeftBehind,
    );
}

/// Destroys a member that owns and reads a partition, without leaving; `keep` may keep something of it alive.
fn each_protocol(keep: impl Fn(Member) -> (Member, Option<Box<dyn Send>>), expected: Destroyed) {
    let Some(cluster) = Cluster::from_environment() else { return };
    for protocol in PROTOCOLS {
        let test = std::thread::current().name().unwrap_or_default().replace(':', "-");
        let base = format!("{}-{test}", protocol[0].1);
        let topic = cluster.create_topic(&base, 1);
        cluster.produce(&at(&topic, 0), 1);
        let mut member = Member::join(&cluster, protocol, &topic, &topic);
        member.turn_until("the partition is assigned", |member| member.owned.len() == 1);
        member.add(&at(&topic, 0), StartOffset::Beginning);
        let (member, held) = keep(member);
        let (client, begin) = (member.into_client(), Instant::now());
        assert_eq!(client.destroy(DEADLINE), expected, "{protocol:?}");
        assert!(begin.elapsed() < DEADLINE + MARGIN, "{:?}", begin.elapsed());
        drop(held);
    }
}
