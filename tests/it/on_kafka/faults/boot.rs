//! Programs that cannot start.

use std::time::Duration;

use karafka_tests::faults::fixture::BOOT;
use karafka_tests::faults::program::PATIENCE;
use karafka_tests::faults::world::World;
use karafka_tests::kafka::bootstrap_servers;

use super::program;

#[test]
fn a_swarm_whose_nodes_never_come_up_gives_up() {
    let world = World::create(program(), &bootstrap_servers(), "faults-boot", 1).unwrap();
    let settings = [
        (BOOT, "fail"),
        ("KARAFKA_SWARM__NODES", "2"),
        ("KARAFKA_SWARM__RESTART_BACKOFF", "500ms"),
        ("KARAFKA_SWARM__RESTART_BACKOFF_MAX", "5s"),
    ];
    let mut swarm = world.start("swarm", &settings).unwrap();
    let (status, took) = swarm.exit(PATIENCE + Duration::from_secs(30)).unwrap();
    let log = swarm.log();
    assert_eq!(status.code(), Some(70), "{log}");
    assert!(took >= Duration::from_secs(29), "it tried for half a minute, not only {took:?}");
    assert!(log.contains("the model file is missing"), "{log}");
    for slot in 0..2 {
        let boots = world.consuming().unwrap().iter().filter(|node| node.1 == slot).count();
        assert!(boots >= 3, "node {slot} was tried {boots} times only: {log}");
    }
    swarm.nobody_left(Duration::from_secs(1)).unwrap();
}

#[test]
fn a_wrong_configuration_ends_the_swarm_before_any_fork() {
    let world = World::create(program(), &bootstrap_servers(), "faults-boot", 1).unwrap();
    for (name, value, expect) in [
        ("KARAFKA_SWARM__NODES", "0", "swarm.nodes"),
        ("KARAFKA_SWARM__SHUTDOWN_TIMEOUT", "soon", "swarm.shutdown_timeout"),
        ("KARAFKA_KAFKA__GROUP_ID", "x", "group.id"),
    ] {
        let mut swarm = world.start("swarm", &[(name, value)]).unwrap();
        let (status, _) = swarm.exit(PATIENCE).unwrap();
        let log = swarm.log();
        assert_eq!(status.code(), Some(78), "{name}={value}: {log}");
        assert!(log.contains(expect), "{name}={value}: {log}");
        assert_eq!(world.consuming().unwrap(), [], "no child was made");
    }
}
