//! A supervisor that is killed takes its nodes with it, whatever they are doing.

use std::time::Duration;

use karafka_tests::faults::fixture::BOOT;
use karafka_tests::faults::history::Event;
use karafka_tests::faults::program::{PATIENCE, send};
use karafka_tests::faults::world::World;
use karafka_tests::kafka::bootstrap_servers;
use nix::sys::signal::Signal;

use super::program;

/// The slot whose node never gets beyond its `after_fork` hook.
const BOOTING: u32 = 3;

#[test]
fn no_node_outlives_its_supervisor_by_a_second() {
    let world = World::create(program(), &bootstrap_servers(), "faults-orphans", 4).unwrap();
    world.write(0, Duration::from_mins(10)).unwrap();
    let settings = [("KARAFKA_SWARM__NODES", "4"), (BOOT, "3")];
    let mut swarm = world.start("swarm", &settings).unwrap();

    let busy = world.wait("handler call", PATIENCE, || {
        let begin = |event: &Event| if let Event::Begin { pid, .. } = event { Some(*pid) } else { None };
        world.history(|events| events.iter().find_map(begin))
    });
    let busy = busy.unwrap();
    let nodes = world.wait("four nodes", PATIENCE, || {
        let nodes = world.consuming()?;
        Ok((nodes.len() == 4).then_some(nodes))
    });
    let nodes = nodes.unwrap();
    // A node that is up has listeners and workers beside its main thread.
    let threads = |pid: i32| std::fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count);
    let others: Vec<i32> =
        nodes.iter().filter(|(pid, slot)| *slot != BOOTING && *pid != busy).map(|(pid, _)| *pid).collect();
    let [stopped, idle] = others[..] else {
        panic!("expected two nodes beside the busy and the booting one: {nodes:?}")
    };
    world.wait("clients in both", PATIENCE, || Ok(others.iter().all(|pid| threads(*pid) > 3).then_some(()))).unwrap();
    send(stopped, Signal::SIGSTOP).unwrap();
    let state = |pid: i32| std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    world.wait("stopped node", PATIENCE, || Ok(state(stopped).contains(") T ").then_some(()))).unwrap();
    let living = swarm.processes();
    assert!([busy, stopped, idle].iter().all(|pid| living.contains(pid)) && living.len() == 5, "{living:?}");

    swarm.signal(Signal::SIGKILL).unwrap();
    swarm.nobody_left(Duration::from_secs(1)).unwrap();
    swarm.exit(PATIENCE).unwrap();
    let ended = world.handled().unwrap();
    assert_eq!(ended, 0, "the handler was in the middle of its work");
}
