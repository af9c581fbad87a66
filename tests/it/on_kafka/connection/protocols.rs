//! Group protocols that are not the usual one.

use karafka_tests::kafka::OwnCluster;

use super::super::records::harness::{Journal, Start};
use super::super::records::topics::Topics;

#[test]
fn a_cluster_without_kip_848_is_told_once_and_consumed_all_the_same() {
    let settings = [("group.coordinator.rebalance.protocols", "classic")];
    let cluster = OwnCluster::start("it-fallback", 1, &settings).unwrap();
    let (topics, journal) = (Topics::new(&cluster.description().bootstrap_servers, "fallback"), Journal::new());
    topics.create("in", 2);
    topics.send_all("in", 0, &["[]"; 3]);
    let mut fixture = Start::new(&topics, "fallback").env("KARAFKA_PROCESSING__COMMIT_INTERVAL", "100ms").run(&journal);
    fixture.wait_committed(&topics, &[Some(3), None]);
    assert_eq!(journal.calls(0), [0, 1, 2]);
    let words = fixture.words();
    fixture.finish();
    assert_eq!(words.matches("going on with the classic protocol").count(), 1, "{words}");
}
