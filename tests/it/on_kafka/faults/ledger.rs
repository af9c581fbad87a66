//! The short versions of the soaks whose input has a ledger. The storm has none: its verdict depends on how long members of a busy
//! machine take, so it runs as a soak alone.

use karafka_tests::faults::crash_points::{self, Way};
use karafka_tests::faults::ruling::Judgement;
use karafka_tests::faults::sabotage::{play, scene_of};
use karafka_tests::kafka::bootstrap_servers;

use super::program;

#[test]
fn a_process_may_die_at_any_step() {
    let sample = [
        ("before_handler", 1, Way::Automatic),
        ("after_produce", 2, Way::Manual),
        ("after_dead_letter", 1, Way::Letters),
        ("commit_sent", 2, Way::Automatic),
        ("before_revoke_answer", 1, Way::Letters),
        ("after_fork", 2, Way::Manual),
    ];
    let all = crash_points::all();
    let shots = sample.map(|(point, hit, way)| {
        let is_it = |shot: &&crash_points::Shot| (shot.point, shot.hit, shot.way) == (point, hit, way);
        *all.iter().find(is_it).unwrap_or_else(|| panic!("no failpoint `{point}`"))
    });
    let figures = crash_points::run(program(), &bootstrap_servers(), &shots, 3, None).unwrap();
    assert_eq!((figures.landed, figures.passed, figures.lost, figures.unexplained), (6, 6, 0, 0), "{figures:?}");
}

#[test]
fn planted_bugs_are_caught() {
    for bug in ["lost_output", "commit_after_revoke"] {
        let scene = scene_of(bug).unwrap();
        let ruling = play(program(), &bootstrap_servers(), scene, Some(bug)).unwrap();
        assert_eq!(ruling.judgement(), Judgement::Fail, "{bug}: {ruling}");
    }
}

#[test]
fn every_bug_has_its_scene() {
    for bug in karafka_rt::__bugs() {
        scene_of(bug).unwrap();
    }
    assert_eq!(karafka_rt::__bugs().count(), 10);
}
