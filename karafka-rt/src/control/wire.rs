//! What goes over the control socket: one line of JSON each way. Fields may be added; what a reader does not know it ignores.

use serde::{Deserialize, Serialize};

/// What an operator asks of the swarm on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub(crate) enum Request {
    /// How are you?
    Status,
    /// Finish what runs, commit, leave; or leave at once.
    Stop {
        #[serde(default)]
        now: bool,
    },
    /// Take no new work, until the stop.
    Quiet,
    /// Start all nodes anew, one by one.
    Roll,
    /// Start this node anew.
    Restart { node: u32 },
    /// What ended the nodes that ended last.
    Deaths,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub(crate) enum Answer {
    /// It is done, or has begun.
    Done {
        text: String,
    },
    /// It is not done, for this reason.
    Refused {
        text: String,
    },
    Status(Status),
    /// The latest last.
    Deaths {
        deaths: Vec<Death>,
    },
}

/// A swarm as its supervisor sees it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Status {
    /// The supervisor's process.
    pub(crate) supervisor: i32,
    /// How long it has run, in seconds.
    pub(crate) seconds: u64,
    pub(crate) phase: Phase,
    /// Bytes of private memory that each node may have.
    pub(crate) memory_limit: Option<u64>,
    /// How many nodes a rolling restart has still to start anew.
    pub(crate) rolling: Option<usize>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) suspects: Vec<Suspect>,
}

/// What the swarm as a whole is doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Phase {
    #[default]
    Running,
    Quiet,
    Stopping,
}

/// One slot.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Node {
    pub(crate) slot: u32,
    /// Which life of the slot, from 1; 0 before the first.
    pub(crate) incarnation: u64,
    pub(crate) state: NodeState,
    /// How long it has been in that state; while it waits: how long until it is forked.
    pub(crate) milliseconds: u64,
    pub(crate) pid: Option<i32>,
    /// Why it is told to leave, or how its life before ended.
    pub(crate) reason: Option<String>,
    /// What its clients complained about a moment ago: brokers that are away, as a rule.
    pub(crate) trouble: Option<String>,
}

/// What a slot is doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum NodeState {
    /// Nobody, until the next fork.
    #[default]
    Waiting,
    Starting,
    Up,
    /// Up, and every connection was steady once.
    Joined,
    Stopping,
    GivenUp,
    /// Nobody, because the swarm stops.
    Vacant,
}

/// Records that may have ended a process.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Suspect {
    pub(crate) records: String,
    /// How often a process died while it was alone.
    pub(crate) deaths: u64,
    pub(crate) convicted: bool,
}

/// An end of a node.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Death {
    /// Seconds ago.
    pub(crate) seconds_ago: u64,
    pub(crate) text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_readable_and_fields_of_another_version_do_no_harm() {
        for (request, line) in [
            (Request::Status, r#"{"command":"status"}"#),
            (Request::Stop { now: true }, r#"{"command":"stop","now":true}"#),
            (Request::Restart { node: 3 }, r#"{"command":"restart","node":3}"#),
        ] {
            assert_eq!(serde_json::to_string(&request).unwrap(), line);
            assert_eq!(serde_json::from_str::<Request>(line).unwrap(), request);
        }
        assert_eq!(
            serde_json::from_str::<Request>(r#"{"command":"stop","new":1}"#).unwrap(),
            Request::Stop { now: false }
        );
        let status: Answer =
            serde_json::from_str(r#"{"answer":"status","nodes":[{"slot":1,"mood":"fine"}],"moon":7}"#).unwrap();
        let Answer::Status(status) = status else { panic!("{status:?}") };
        assert_eq!(status.nodes, [Node { slot: 1, ..Node::default() }]);
        assert!(serde_json::from_str::<Request>(r#"{"command":"format-disk"}"#).is_err());
    }
}
