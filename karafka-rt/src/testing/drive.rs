//! The harness's part of what listeners and workers do: it runs the assignments' jobs one after the other, at its own time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::assignment::{Assignment, Commits, Place, Surroundings};
use super::broker::{Broker, Writer};
use super::clock::Clock;
use super::seen::Failure;
use crate::config::limits;
use crate::consumer::{Outgoing, Routes, States};
use crate::processing::{Done, Report, Route, Watch as _, execute};
use crate::topology::Source;
use crate::vitals::SuspectTable;

/// More rounds of jobs at one point in time are a handler that goes round in circles.
const MOST_ROUNDS: usize = 100_000;
/// A handler that writes into its own topic would go on until the memory is used up.
const MOST_RECORDS: usize = 1_000_000;
/// As a node commits unless it is configured (`processing.commit_interval`).
const COMMIT_INTERVAL: Duration = limits::COMMIT_INTERVAL;

pub(super) struct Drive {
    pub(super) around: Surroundings,
    pub(super) failures: Vec<Failure>,
    routes: Vec<Arc<Route>>,
    assignments: Vec<Assignment>,
    epochs: u64,
    /// When marks are committed next.
    commits_at: Duration,
}

impl Drive {
    /// Assigns every partition of every consumed topic.
    pub(super) fn start(blocks: &[Routes], states: States, partitions: &[(&'static str, i32)]) -> Self {
        let clock = Clock::default();
        let around = Surroundings {
            broker: Broker::new(clock.clone()),
            commits: Arc::new(Commits::default()),
            clock,
            stopping: Arc::new(AtomicBool::new(false)),
        };
        for (topic, count) in partitions {
            around.broker.partition(topic, *count);
        }
        let routes = routes(blocks, &Arc::new(states));
        let mut drive = Self {
            around,
            failures: Vec::new(),
            routes,
            assignments: Vec::new(),
            epochs: 0,
            commits_at: COMMIT_INTERVAL,
        };
        drive.assign_new();
        drive
    }

    pub(super) fn deliver(&mut self, topic: &str, record: &Outgoing<'_>) {
        self.runs();
        if let Some(partition) = record.partition {
            assert!(
                partition >= 0,
                "partitions count from 0, but the record is for partition {partition} of `{topic}`"
            );
        }
        assert!(
            self.routes.iter().any(|route| route.topic == topic),
            "no consumer of these routes reads topic `{topic}`: deliver to one of {:?}",
            self.routes.iter().map(|route| route.topic).collect::<Vec<_>>()
        );
        self.around.broker.append(Writer::Test, record);
        self.assign_new();
    }

    pub(super) fn run_until_idle(&mut self) {
        self.runs();
        let mut rounds = 0;
        while self.turn() {
            rounds += 1;
            assert!(
                rounds < MOST_ROUNDS,
                "no end after {MOST_ROUNDS} rounds of handler calls: does a handler seek back each time?"
            );
            let records = self.around.broker.records();
            assert!(
                records < MOST_RECORDS,
                "{records} records: does a handler write into its own topic without an end?"
            );
        }
    }

    pub(super) fn advance(&mut self, duration: Duration) {
        let end = self.around.clock.now() + duration;
        loop {
            self.run_until_idle();
            let now = self.around.clock.now();
            if now >= self.commits_at {
                self.around.commits.commit_all();
                self.commits_at = now + COMMIT_INTERVAL;
            }
            // What is due and has nothing to do would be due for ever.
            let next = self.wakes_at(now).map(|at| at.max(now + Duration::from_millis(1)));
            let next = next.map_or(self.commits_at, |next| next.min(self.commits_at));
            if next > end {
                break;
            }
            self.around.clock.set(next);
        }
        self.around.clock.set(end);
        self.run_until_idle();
    }

    /// A process that was stopped does nothing any more.
    fn runs(&self) {
        let stopped = self.around.stopping.load(Ordering::Relaxed);
        assert!(!stopped, "the harness was stopped: make a new one for what comes next");
    }

    pub(super) fn wakes_at(&self, now: Duration) -> Option<Duration> {
        self.assignments.iter().filter_map(|assignment| assignment.wakes_at(now)).min()
    }

    pub(super) fn only_group(&self, topic: &str) -> &'static str {
        let mut groups = self.routes.iter().filter(|route| route.topic == topic).map(|route| route.group);
        match (groups.next(), groups.next()) {
            (Some(group), None) => group,
            (None, _) => panic!("no consumer of these routes reads topic `{topic}`, so it has no progress"),
            (Some(one), Some(other)) => {
                panic!("topic `{topic}` is read by several groups, `{one}` and `{other}`: ask with `progress_of`")
            }
        }
    }

    pub(super) fn progress(&self, group: &str, topic: &str, partition: i32) -> Option<i64> {
        let place = self.place(group, topic, partition);
        let assigned = self.assignments.iter().find(|assignment| assignment.place == place);
        match assigned {
            Some(assignment) => assignment.progress(&self.around.commits),
            None => self.around.commits.stored(place),
        }
    }

    pub(super) fn committed(&self, group: &str, topic: &str, partition: i32) -> Option<i64> {
        self.around.commits.stored(self.place(group, topic, partition))
    }

    fn place(&self, group: &str, topic: &str, partition: i32) -> Place {
        let route = self.routes.iter().find(|route| route.topic == topic && route.group == group);
        let route =
            route.unwrap_or_else(|| panic!("no consumer group `{group}` of these routes reads topic `{topic}`"));
        (route.group, route.topic, partition)
    }

    pub(super) fn expire(&mut self, topic: &str, partition: i32, offset: i64) {
        self.around.broker.expire(topic, partition, offset);
        let concerned = self.assignments.iter_mut().filter(|assignment| is_at(assignment, topic, partition));
        concerned.for_each(|assignment| assignment.expired(&self.around));
    }

    pub(super) fn revoke(&mut self, topic: &str, partition: i32, in_order: bool) {
        self.runs();
        let (gone, stay) = std::mem::take(&mut self.assignments)
            .into_iter()
            .partition(|assignment| is_at(assignment, topic, partition));
        self.assignments = stay;
        let gone: Vec<Assignment> = gone;
        assert!(!gone.is_empty(), "partition {partition} of topic `{topic}` is not assigned");
        for assignment in gone {
            if in_order { assignment.revoke(&self.around) } else { assignment.lose(&self.around) }
        }
    }

    pub(super) fn assign(&mut self, topic: &str, partition: i32) {
        self.runs();
        let routes: Vec<_> = self.routes.iter().filter(|route| route.topic == topic).cloned().collect();
        assert!(!routes.is_empty(), "no consumer of these routes reads topic `{topic}`");
        self.around.broker.partition(topic, partition + 1);
        for route in routes {
            self.begin(&route, partition);
        }
    }

    pub(super) fn stop(&mut self) {
        self.around.stopping.store(true, Ordering::Relaxed);
        for assignment in std::mem::take(&mut self.assignments) {
            assignment.stop(&self.around);
        }
    }

    /// At most one job of each assignment. False when there was none.
    fn turn(&mut self) -> bool {
        let now = self.around.clock.now();
        let mut worked = false;
        for assignment in &mut self.assignments {
            let Some(job) = assignment.job(&self.around, now) else { continue };
            let done = execute(job, &self.around.clock);
            self.failures.extend(failure(&done));
            assignment.absorb(&self.around, done, now);
            worked = true;
        }
        // A handler may have produced to a partition that was not there.
        self.assign_new();
        worked
    }

    /// Partitions that were never assigned; one that was revoked waits for the test.
    fn assign_new(&mut self) {
        if self.around.stopping.load(Ordering::Relaxed) {
            return;
        }
        for route in self.routes.clone() {
            for partition in 0..self.around.broker.partitions(route.topic) {
                if self.around.commits.is_new((route.group, route.topic, partition)) {
                    self.begin(&route, partition);
                }
            }
        }
    }

    fn begin(&mut self, route: &Arc<Route>, partition: i32) {
        let place = (route.group, route.topic, partition);
        if self.assignments.iter().any(|assignment| assignment.place == place) {
            return;
        }
        self.epochs += 1;
        let now = self.around.clock.now();
        self.assignments.push(Assignment::begin(&self.around, route, partition, self.epochs, now));
    }
}

fn is_at(assignment: &Assignment, topic: &str, partition: i32) -> bool {
    let (_, its_topic, its_partition) = assignment.place;
    its_topic == topic && its_partition == partition
}

fn failure(done: &Done) -> Option<Failure> {
    let Report::Consumed(consumed) = &done.report else { return None };
    let failure = consumed.failure.as_ref()?;
    Some(Failure {
        topic: done.origin.topic.to_owned(),
        partition: done.origin.partition,
        offset: failure.offset,
        attempt: failure.attempts,
        kind: failure.kind,
        text: failure.text.clone(),
    })
}

fn routes(blocks: &[Routes], states: &Arc<States>) -> Vec<Arc<Route>> {
    let mut routes = Vec::new();
    for block in blocks {
        if let Some(unready) = block.topology.unready.first() {
            panic!(
                "`{}` of {} is not ready in this version: a program with it does not start",
                unready.option, unready.at
            );
        }
        for (group, _, route) in block.topology.routes() {
            let Source::Topic(topic) = route.source else { continue };
            let consumer = &block.consumers[route.consumer];
            for wanted in consumer.states {
                assert!(
                    states.has((wanted.id)()),
                    "`{}` has a field `State<{}>`: give the harness a value with `.state(..)`",
                    route.consumer_name,
                    (wanted.name)()
                );
            }
            let group = block.topology.group_name(group);
            assert!(
                !routes.iter().any(|route: &Arc<Route>| (route.group, route.topic) == (group, topic)),
                "group `{group}` consumes topic `{topic}` twice: is a block given twice?"
            );
            routes.push(Arc::new(Route {
                index: routes.len() as u32,
                topic,
                group,
                policies: &route.policies,
                consumer,
                states: Arc::clone(states),
                suspects: SuspectTable::none(),
            }));
        }
    }
    routes
}
