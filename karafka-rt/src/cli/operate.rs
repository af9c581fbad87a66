//! What `status` and `ctl` print. Pure.

use std::fmt::Write as _;

use crate::control::{Answer, Death, Node, NodeState, Severity, Status, duration, problems};
use crate::lifecycle::exit::Code;

/// What an answer looks like, and what to exit with: 0, or 1 when something is wrong.
pub(crate) fn render(answer: &Answer, json: bool, nodes: bool) -> (String, Code) {
    let code = match answer {
        Answer::Refused { .. } => Code::RuntimeError,
        Answer::Status(status) if problems(status).iter().any(|problem| problem.severity < Severity::Notice) => {
            Code::RuntimeError
        }
        Answer::Status(_) | Answer::Done { .. } | Answer::Deaths { .. } => Code::Clean,
    };
    let text = match answer {
        // An answer is plain data: it can always be written.
        _ if json => serde_json::to_string_pretty(answer).unwrap_or_default(),
        Answer::Done { text } | Answer::Refused { text } => text.clone(),
        Answer::Deaths { deaths } => render_deaths(deaths),
        Answer::Status(status) => render_status(status, nodes),
    };
    (text, code)
}

fn render_status(status: &Status, with_nodes: bool) -> String {
    let count = |state: NodeState| status.nodes.iter().filter(|node| node.state == state).count();
    let up = count(NodeState::Up) + count(NodeState::Joined);
    let mut text = format!(
        "{up} of {} nodes up; supervisor {} for {}\n",
        status.nodes.len(),
        status.supervisor,
        duration(status.seconds * 1000)
    );
    let problems = problems(status);
    if problems.is_empty() {
        text.push_str("nothing is wrong\n");
    }
    // Writing to a text cannot fail.
    for problem in &problems {
        let word = match problem.severity {
            Severity::Critical => "critical",
            Severity::Degraded => "degraded",
            Severity::Notice => "notice",
        };
        let _ = writeln!(text, "{word:>8}  {}\n          {}", problem.text, problem.advice);
    }
    if with_nodes {
        let _ = writeln!(text, "\n{:>4}  {:<9} {:>8}  {:>8}  {:>4}  why", "node", "state", "for", "process", "life");
        for node in &status.nodes {
            render_node(node, &mut text);
        }
    }
    text
}

fn render_node(node: &Node, text: &mut String) {
    let state = match node.state {
        NodeState::Waiting => "waiting",
        NodeState::Starting => "starting",
        NodeState::Up => "up",
        NodeState::Joined => "joined",
        NodeState::Stopping => "stopping",
        NodeState::GivenUp => "given up",
        NodeState::Vacant => "vacant",
    };
    let process = node.pid.map_or_else(|| "-".to_owned(), |pid| pid.to_string());
    let (time, lives) = (duration(node.milliseconds), node.incarnation);
    let why = node.reason.as_deref().unwrap_or("");
    let row = format!("{:>4}  {state:<9} {time:>8}  {process:>8}  {lives:>4}  {why}", node.slot);
    let _ = writeln!(text, "{}", row.trim_end());
}

fn render_deaths(deaths: &[Death]) -> String {
    if deaths.is_empty() {
        return "no node has ended\n".to_owned();
    }
    let line = |death: &Death| format!("{:>7} ago  {}\n", duration(death.seconds_ago * 1000), death.text);
    deaths.iter().rev().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(state: NodeState) -> Status {
        let node = Node {
            slot: 1,
            incarnation: 3,
            state,
            milliseconds: 61_000,
            pid: Some(77),
            reason: Some("crashed".into()),
            trouble: None,
        };
        Status { supervisor: 70, seconds: 7_000, nodes: vec![node], ..Status::default() }
    }

    #[test]
    fn a_swarm_that_is_well_says_so_in_two_lines_and_exits_0() {
        let (text, code) = render(&Answer::Status(status(NodeState::Joined)), false, false);
        assert_eq!(text, "1 of 1 nodes up; supervisor 70 for 116 min\nnothing is wrong\n");
        assert_eq!(code, Code::Clean);
    }

    #[test]
    fn problems_stand_first_with_what_to_do_and_exit_1() {
        let (text, code) = render(&Answer::Status(status(NodeState::GivenUp)), false, true);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], "critical  no node is up: nothing is processed");
        assert_eq!(lines[3], "critical  node 1 is given up: crashed");
        assert_eq!(lines[6], "node  state          for   process  life  why");
        assert_eq!(lines[7], "   1  given up      61 s        77     3  crashed");
        assert_eq!(code, Code::RuntimeError);
    }

    #[test]
    fn answers_can_be_read_by_programs() {
        let (text, _) = render(&Answer::Status(status(NodeState::Up)), true, false);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&value["answer"], &value["nodes"][0]["state"]), (&"status".into(), &"up".into()));
    }

    #[test]
    fn deaths_are_told_latest_first() {
        let deaths = [("one", 90), ("two", 5)].map(|(text, seconds_ago)| Death { seconds_ago, text: text.into() });
        let (text, _) = render(&Answer::Deaths { deaths: deaths.to_vec() }, false, false);
        assert_eq!(text, "    5 s ago  two\n   90 s ago  one\n");
    }
}
