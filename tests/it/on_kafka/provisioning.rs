//! The brokers under the tests: they are what later tests take for granted.

use karafka_tests::kafka::{OwnCluster, bootstrap_servers, cli};

fn topics(servers: &str) -> Vec<String> {
    let output = cli("TopicCommand", &["--bootstrap-server", servers, "--list"]).unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn create(servers: &str, topic: &str) {
    cli("TopicCommand", &["--bootstrap-server", servers, "--create", "--topic", topic, "--partitions", "2"]).unwrap();
}

#[test]
fn topics_can_be_made_on_the_shared_brokers() {
    let servers = bootstrap_servers();
    create(&servers, "provisioning.made");
    assert!(topics(&servers).contains(&"provisioning.made".to_owned()));
}

#[test]
fn a_cluster_of_ones_own_survives_every_fault_with_its_data_and_its_ports() {
    let cluster = OwnCluster::start("it-provisioning", 1, &[("num.partitions", "3")]).unwrap();
    let servers = &cluster.description().bootstrap_servers;
    create(servers, "kept");
    cluster.pause(1).unwrap();
    cluster.resume(1).unwrap();
    cluster.kill(1).unwrap();
    assert!(cluster.pause(1).unwrap_err().to_string().contains("does not run"));
    cluster.restart(1).unwrap();
    assert_eq!(topics(servers), ["kept"]);
}

#[test]
fn nothing_is_left_of_a_cluster_of_ones_own() {
    let cluster = OwnCluster::start("it-ending", 1, &[]).unwrap();
    let port = cluster.description().brokers[0].plaintext;
    let data = cluster.description().folder.join("broker-1/data");
    assert!(data.exists());
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
    drop(cluster);
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
    assert!(!data.exists());
}
