//! What is wrong with a swarm, worst first, and what to do about it. Pure.

use super::wire::{Node, NodeState, Phase, Status};

/// A node may be up for so long without having joined its groups.
const JOINS_WITHIN_MS: u64 = 60_000;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) severity: Severity,
    /// What, for a person.
    pub(crate) text: String,
    /// What to do.
    pub(crate) advice: &'static str,
}

/// How bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// Nothing is processed, or something will never be without a person.
    Critical,
    /// Less is processed than could be.
    Degraded,
    /// Somebody asked for it.
    Notice,
}

/// Everything that is wrong, worst first.
pub(crate) fn problems(status: &Status) -> Vec<Problem> {
    let mut found = Vec::new();
    whole(status, &mut found);
    for node in &status.nodes {
        of_node(node, status.phase, &mut found);
    }
    troubles(status, &mut found);
    for suspect in status.suspects.iter().filter(|suspect| suspect.convicted) {
        found.push(Problem {
            severity: Severity::Critical,
            text: format!("{} ended {} processes and is not handled any more", suspect.records, suspect.deaths),
            advice: "it goes to the dead letter queue of its route; without one its partition waits: add `dead_letter_queue`, or \
                     mend the handler and delete the file `suspects` in the runtime directory",
        });
    }
    for suspect in status.suspects.iter().filter(|suspect| !suspect.convicted) {
        found.push(Problem {
            severity: Severity::Notice,
            text: format!("{} may have ended a process, and is handed over alone", suspect.records),
            advice: "look at `ctl deaths` and at the log around the death",
        });
    }
    found.sort_by_key(|problem| problem.severity);
    found
}

fn whole(status: &Status, found: &mut Vec<Problem>) {
    let works = |node: &Node| matches!(node.state, NodeState::Up | NodeState::Joined);
    if status.phase != Phase::Stopping && !status.nodes.iter().any(works) {
        found.push(Problem {
            severity: Severity::Critical,
            text: "no node is up: nothing is processed".to_owned(),
            advice: "the reasons are below, and in the log of the supervisor",
        });
    }
    if let Some(left) = status.rolling {
        found.push(Problem {
            severity: Severity::Notice,
            text: format!("a rolling restart is under way; {left} nodes are left"),
            advice: "it goes on when the node that was started last has joined its groups",
        });
    }
    let (text, advice) = match status.phase {
        Phase::Running => return,
        Phase::Quiet => ("the swarm is quiet: no new work is taken", "it was asked to; only a restart ends that"),
        Phase::Stopping => ("the swarm is stopping", "it was asked to"),
    };
    found.push(Problem { severity: Severity::Notice, text: text.to_owned(), advice });
}

/// Nodes complain about the same brokers at the same time: that is one problem.
fn troubles(status: &Status, found: &mut Vec<Problem>) {
    let troubled: Vec<(u32, &str)> =
        status.nodes.iter().filter_map(|node| Some((node.slot, node.trouble.as_deref()?))).collect();
    let Some((_, text)) = troubled.first() else { return };
    let slots: Vec<String> = troubled.iter().map(|(slot, _)| slot.to_string()).collect();
    let who = if slots.len() == 1 { "node" } else { "nodes" };
    found.push(Problem {
        severity: if slots.len() == status.nodes.len() { Severity::Critical } else { Severity::Degraded },
        text: format!("{who} {} cannot work with Kafka: {text}", slots.join(", ")),
        advice: "see whether the brokers are up and can be reached from here; the nodes go on by themselves when they are, and \
                 nothing is restarted for it",
    });
}

fn of_node(node: &Node, phase: Phase, found: &mut Vec<Problem>) {
    let Node { slot, incarnation, state, milliseconds, reason, .. } = node;
    let reason = reason.as_deref().unwrap_or("no reason is known");
    let mut tell = |severity, text, advice| found.push(Problem { severity, text, advice });
    match state {
        NodeState::GivenUp => tell(
            Severity::Critical,
            format!("node {slot} is given up: {reason}"),
            "its configuration is wrong: mend it and start the swarm again",
        ),
        NodeState::Waiting if *incarnation > 0 => tell(
            Severity::Degraded,
            format!("node {slot} is down and starts again in {}: {reason}", duration(*milliseconds)),
            "the wait grows with every death: look for the cause in `ctl deaths` and the log",
        ),
        NodeState::Up if *milliseconds >= JOINS_WITHIN_MS && phase == Phase::Running => tell(
            Severity::Degraded,
            format!("node {slot} has been up for {} without joining all its groups", duration(*milliseconds)),
            "brokers may be unreachable, or the group cannot agree: look at the node's log",
        ),
        NodeState::Stopping if phase != Phase::Stopping => {
            tell(Severity::Notice, format!("node {slot} is leaving: {reason}"), "it is started again by itself");
        }
        _ => {}
    }
}

/// Whole seconds or minutes, for people.
pub(crate) fn duration(milliseconds: u64) -> String {
    match milliseconds / 1000 {
        0 => format!("{milliseconds} ms"),
        seconds @ 1..120 => format!("{seconds} s"),
        seconds @ 120..7200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::super::wire::Suspect;
    use super::*;

    fn node(slot: u32, state: NodeState, milliseconds: u64) -> Node {
        Node { slot, incarnation: 2, state, milliseconds, reason: Some("crashed".into()), ..Node::default() }
    }

    #[test]
    fn the_worst_comes_first_and_a_swarm_that_is_well_has_no_problem() {
        let well = Status {
            nodes: vec![node(0, NodeState::Joined, 1), node(1, NodeState::Up, 59_000), node(2, NodeState::Starting, 1)],
            ..Status::default()
        };
        assert_eq!(problems(&well), []);
        let ill = Status {
            phase: Phase::Quiet,
            nodes: vec![
                node(0, NodeState::Stopping, 5),
                node(1, NodeState::Waiting, 8_000),
                node(2, NodeState::GivenUp, 5),
            ],
            suspects: vec![
                Suspect { records: "orders/3 offset 7".into(), deaths: 2, convicted: true },
                Suspect::default(),
            ],
            ..Status::default()
        };
        let found = problems(&ill);
        let texts: Vec<&str> = found.iter().map(|problem| problem.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "no node is up: nothing is processed",
                "node 2 is given up: crashed",
                "orders/3 offset 7 ended 2 processes and is not handled any more",
                "node 1 is down and starts again in 8 s: crashed",
                "the swarm is quiet: no new work is taken",
                "node 0 is leaving: crashed",
                " may have ended a process, and is handed over alone",
            ]
        );
        assert!(found.is_sorted_by_key(|problem| problem.severity));
    }

    #[test]
    fn brokers_that_are_away_are_one_problem_whoever_complains() {
        let troubled = |slot| Node { trouble: Some("all brokers are down".into()), ..node(slot, NodeState::Joined, 5) };
        for (nodes, severity, text) in [
            (
                vec![troubled(0), troubled(1)],
                Severity::Critical,
                "nodes 0, 1 cannot work with Kafka: all brokers are down",
            ),
            (
                vec![node(0, NodeState::Joined, 1), troubled(1)],
                Severity::Degraded,
                "node 1 cannot work with Kafka: all brokers are down",
            ),
        ] {
            let found = problems(&Status { nodes, ..Status::default() });
            let found: Vec<_> = found.iter().map(|problem| (problem.severity, problem.text.as_str())).collect();
            assert_eq!(found, [(severity, text)]);
        }
    }

    #[test]
    fn a_node_that_does_not_join_is_told_after_a_minute_and_one_that_waits_for_its_first_fork_is_not() {
        let first = Node { slot: 1, ..Node::default() };
        let status = Status { nodes: vec![node(0, NodeState::Up, 60_000), first], ..Status::default() };
        let found = problems(&status);
        assert_eq!(found.len(), 1);
        assert!(found[0].text.contains("up for 60 s without joining"), "{}", found[0].text);
    }
}
