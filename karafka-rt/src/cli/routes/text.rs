//! The tree for people: a node per group and topic, its doc comment, and its settings in the words of `routes!`.

use std::time::Duration;

use super::view::{
    AssignView, BlockView, DeadLetterView, GroupView, InitialOffsetView, RouteView, SubscriptionView, TopicView, View,
};
use crate::config::format_duration;

/// A line of the tree and what hangs below it.
struct Node {
    title: String,
    /// Doc comments and settings.
    notes: Vec<String>,
    children: Vec<Node>,
}

pub(super) fn render(view: &View) -> String {
    let mut output = String::new();
    for (index, block) in view.blocks.iter().enumerate() {
        if index > 0 {
            output.push('\n');
        }
        draw(&block_node(block), "", "", &mut output);
    }
    if view.blocks.is_empty() {
        output.push_str("no routes\n");
    }
    output
}

/// Draws a node: `lead` stands before its title, `indent` before everything below.
fn draw(node: &Node, lead: &str, indent: &str, output: &mut String) {
    let mut line = |parts: [&str; 2]| {
        output.push_str(parts.concat().trim_end());
        output.push('\n');
    };
    line([lead, &node.title]);
    let note_indent = if node.children.is_empty() { format!("{indent}  ") } else { format!("{indent}│ ") };
    node.notes.iter().for_each(|note| line([&note_indent, note]));
    let last = node.children.len().saturating_sub(1);
    for (index, child) in node.children.iter().enumerate() {
        let (branch, below) = if index == last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        draw(child, &format!("{indent}{branch}"), &format!("{indent}{below}"), output);
    }
}

fn block_node(block: &BlockView) -> Node {
    let mut children: Vec<Node> = block.consumer_groups.iter().map(group_node).collect();
    if !block.topics.is_empty() {
        let topics = block.topics.iter().map(topic_node).collect();
        children.push(Node { title: "declared topics".to_owned(), notes: Vec::new(), children: topics });
    }
    let mut notes = docs(&block.docs);
    notes.extend(block.not_ready.iter().map(|option| format!("not ready: {option}")));
    Node { title: format!("application {}", block.application), notes, children }
}

fn group_node(group: &GroupView) -> Node {
    let mut notes = docs(&group.docs);
    notes.push(format!("protocol {}; membership {}", group.protocol, group.membership));
    let children = group.subscription_groups.iter().map(subscription_node).collect();
    Node { title: format!("consumer group {}", group.name), notes, children }
}

fn subscription_node(group: &SubscriptionView) -> Node {
    let mut notes = docs(&group.docs);
    let connections = &group.connections;
    notes.push(if connections.min == connections.max {
        format!("connections {}", connections.min)
    } else {
        let delay = duration(connections.scale_delay_ms);
        format!(
            "connections {} to {}, boot {}, scale_delay {delay}",
            connections.min, connections.max, connections.boot
        )
    });
    notes.push(format!("isolation {}", group.isolation));
    match &group.assign {
        AssignView::Group => {}
        AssignView::All => notes.push("assign all".to_owned()),
        AssignView::Partitions(partitions) => notes.push(format!("assign partitions {}", listed(partitions))),
    }
    notes.extend(group.nodes.map(|slots| format!("nodes {}", listed(slots))));
    notes.extend(group.kafka.iter().map(|(key, value)| format!("kafka {key} = {value}")));
    let title = group.name.map_or_else(|| "subscription group".to_owned(), |name| format!("subscription group {name}"));
    Node { title, notes, children: group.routes.iter().map(route_node).collect() }
}

fn route_node(route: &RouteView) -> Node {
    let mut notes = docs(&route.docs);
    notes.push(format!("offsets {}, from {}", route.offsets, initial_offset(&route.initial_offset)));
    notes.push(format!("batches of {}, waiting {}", route.max_messages, duration(route.max_wait_time_ms)));
    let pause = &route.pause;
    let growth = if pause.exponential { "doubling" } else { "constant" };
    notes.push(format!(
        "retries after {}, {growth}, at most {}",
        duration(pause.timeout_ms),
        duration(pause.max_timeout_ms)
    ));
    notes.push(route.dead_letter_queue.as_ref().map_or_else(|| "retried for ever".to_owned(), dead_letter_queue));
    notes.extend(route.periodic.as_ref().map(|periodic| {
        let pause = if periodic.during_pause { "also while paused" } else { "not while paused" };
        let retry = if periodic.during_retry { "also between retries" } else { "not between retries" };
        format!("ticks every {}, {pause}, {retry}", duration(periodic.interval_ms))
    }));
    notes.extend(route.parallel.as_ref().map(|lanes| format!("{} lanes by {}", lanes.lanes, lanes.by)));
    notes.extend(route.exactly_once.then(|| "exactly once".to_owned()));
    notes.push(format!("handler_timeout {}; priority {}", duration(route.handler_timeout_ms), route.priority));
    Node { title: format!("{} {} -> {}", route.kind, route.name, route.consumer), notes, children: Vec::new() }
}

fn dead_letter_queue(queue: &DeadLetterView) -> String {
    let counting = if queue.independent { "each record for itself" } else { "counted together" };
    let isolate = if queue.isolate { "" } else { ", not isolated" };
    let target = match &queue.topic {
        Some(topic) if queue.external => format!("dead letters to {topic} (external)"),
        Some(topic) => format!("dead letters to {topic}"),
        None => "skipped".to_owned(),
    };
    let oversized = if queue.topic.is_some() { format!(", oversized {}", queue.oversized) } else { String::new() };
    format!("{target} after {} retries, {counting}{isolate}{oversized}", queue.max_retries)
}

fn topic_node(topic: &TopicView) -> Node {
    let mut notes = docs(&topic.docs);
    let mut settings: Vec<String> = Vec::new();
    settings.extend(topic.partitions.map(|count| format!("partitions {count}")));
    settings.extend(topic.replication_factor.map(|factor| format!("replication_factor {factor}")));
    settings.extend(topic.config.iter().map(|(key, value)| format!("{key} = {value}")));
    settings.extend(topic.produced.then(|| "produced here".to_owned()));
    settings.extend(topic.sensitive.then(|| "sensitive".to_owned()));
    if !settings.is_empty() {
        notes.push(settings.join("; "));
    }
    Node { title: format!("{} ({})", topic.name, topic.type_name), notes, children: Vec::new() }
}

fn initial_offset(offset: &InitialOffsetView) -> String {
    match offset {
        InitialOffsetView::Earliest => "earliest".to_owned(),
        InitialOffsetView::Latest => "latest".to_owned(),
        InitialOffsetView::AgoMs(age) => format!("{} ago", duration(*age)),
    }
}

fn docs(docs: &str) -> Vec<String> {
    docs.lines().map(|line| format!("\"{line}\"")).collect()
}

fn listed(numbers: &[impl ToString]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn duration(milliseconds: u64) -> String {
    format_duration(Duration::from_millis(milliseconds))
}
