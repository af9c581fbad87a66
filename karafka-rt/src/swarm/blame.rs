//! Which records a death makes suspect. Pure; a table.

use crate::lifecycle::exit::Code;
use crate::os::Ending;
use crate::vitals::{Crash, Job, JobKind, Remains};

use super::death::{Cause, Death, StopReason};

/// The jobs that may have ended the process. A job that a record cannot be named for (a tick, a dead letter) is none of them.
///
/// | it ended by | suspect |
/// |---|---|
/// | a crash in a worker | the job of that worker |
/// | a crash in some other thread | every job in a handler |
/// | the kernel, out of memory | every job in a handler |
/// | an exit in the middle of its life | every job in a handler |
/// | us, for a job beyond its `handler_timeout`, and it did not finish | that job |
/// | anything else: a kill from outside, our own stops, an orderly end | nobody |
pub(crate) fn suspects(death: &Death, remains: &Remains) -> Vec<Job> {
    let in_handlers = || remains.jobs.iter().copied().filter(names_a_record).collect();
    match (remains.crash, &death.cause) {
        (Crash::In(job), _) => Some(job).filter(names_a_record).into_iter().collect(),
        (Crash::Elsewhere, _) | (Crash::None, Cause::OutOfMemory) => in_handlers(),
        (Crash::None, Cause::Restarted(StopReason::Late { late, .. })) if !finished(death.ending) => {
            Some(*late).filter(names_a_record).into_iter().collect()
        }
        (Crash::None, _) if matches!(death.ending, Ending::Exited(_)) && !remains.in_order => in_handlers(),
        (Crash::None, _) => Vec::new(),
    }
}

fn names_a_record(job: &Job) -> bool {
    job.kind == JobKind::Handler && job.offset >= 0 && job.partition >= 0
}

/// Whether everything that ran was finished.
fn finished(ending: Ending) -> bool {
    ending == Ending::Exited(i32::from(Code::Clean.number()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::swarm::event::NodeId;

    fn job(partition: i32) -> Job {
        Job { partition, offset: 7, ..Job::of_kind(JobKind::Handler) }
    }

    /// Two handlers and a tick ran; expects suspects by partition.
    fn check(cause: Cause, ending: Ending, crash: Crash, in_order: bool, expect: &[i32]) {
        let tick = Job { partition: 3, ..Job::of_kind(JobKind::Tick) };
        let remains = Remains { crash, jobs: vec![job(1), tick, job(2)], in_order };
        let node = NodeId { slot: 0, incarnation: 1 };
        let death = Death { node, cause: cause.clone(), ending, up_for: Some(Duration::ZERO), excess: None };
        let found: Vec<i32> = suspects(&death, &remains).iter().map(|job| job.partition).collect();
        assert_eq!(found, expect, "{cause:?} {ending:?} {crash:?} {in_order}");
    }

    #[test]
    fn every_row_of_the_table() {
        use Ending::{Exited, Signalled};
        let none = Crash::None;
        let late = || Cause::Restarted(StopReason::Late { budget: Duration::ZERO, job: String::new(), late: job(2) });
        check(Cause::Crashed, Signalled(11), Crash::In(job(2)), false, &[2]);
        check(Cause::Crashed, Signalled(11), Crash::In(Job::of_kind(JobKind::Tick)), false, &[]);
        check(Cause::ForcedStop, Signalled(6), Crash::In(job(1)), false, &[1]);
        check(Cause::Crashed, Signalled(6), Crash::Elsewhere, false, &[1, 2]);
        check(Cause::OutOfMemory, Signalled(9), none, false, &[1, 2]);
        check(Cause::LeftByItself, Exited(0), none, false, &[1, 2]);
        check(Cause::Crashed, Exited(101), none, false, &[1, 2]);
        check(Cause::AsCommanded, Exited(0), none, false, &[1, 2]);
        check(late(), Exited(2), none, true, &[2]);
        check(late(), Signalled(9), none, false, &[2]);
        check(late(), Exited(0), none, true, &[]);
        check(Cause::Crashed, Signalled(9), none, false, &[]);
        check(Cause::Crashed, Signalled(11), none, false, &[]);
        check(Cause::ForcedStop, Signalled(9), none, false, &[]);
        check(Cause::LeftByItself, Exited(0), none, true, &[]);
        check(Cause::ForcedStop, Exited(2), none, true, &[]);
        check(Cause::Recycled, Exited(75), none, true, &[]);
        check(Cause::Restarted(StopReason::Unhealthy(String::new())), Exited(0), none, true, &[]);
    }
}
