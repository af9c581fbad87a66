//! What is produced is what Kafka has, byte for byte, whatever happens to brokers and topics meanwhile.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use karafka_rt::admin::{Admin, Creation, NewTopic};
use karafka_rt::consumer::{ProduceError, Record};
use karafka_rt::producer::Publisher;
use karafka_tests::kafka::{OwnCluster, bootstrap_servers, cli};

const LONG: Duration = Duration::from_mins(1);

fn properties(servers: &str, more: &[(&str, &str)]) -> BTreeMap<String, String> {
    let own = [("bootstrap.servers", servers)];
    own.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn create(servers: &str, topic: &str, partitions: i32) {
    let admin = Admin::new(&properties(servers, &[])).unwrap();
    let created = admin.create_topics(&[NewTopic::new(topic, partitions)], LONG);
    assert_eq!(created, [Ok(Creation::Created)]);
}

/// The lines of Kafka's own consumer, with every byte of headers, key and value: `Bytes` prints `\xNN` for what is no text.
fn console(servers: &str, topic: &str, count: usize) -> Vec<String> {
    let properties = ["print.headers", "print.key", "print.partition"].map(|name| format!("{name}=true"));
    let maximum = count.to_string();
    let bytes = "org.apache.kafka.common.serialization.BytesDeserializer";
    let mut arguments = vec!["--bootstrap-server", servers, "--topic", topic, "--from-beginning"];
    arguments.extend(["--max-messages", &maximum, "--timeout-ms", "20000"]);
    for property in &properties {
        arguments.extend(["--formatter-property", property]);
    }
    let deserializers = ["key", "value", "headers"].map(|part| format!("{part}.deserializer={bytes}"));
    for deserializer in &deserializers {
        arguments.extend(["--formatter-property", deserializer]);
    }
    let output = cli("ConsoleConsumer", &arguments).unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn key_payload_and_headers_arrive_byte_for_byte() {
    let servers = bootstrap_servers();
    create(&servers, "producing.bytes", 2);
    let publisher = Publisher::new(&properties(&servers, &[])).unwrap();
    let binary = [0u8, 1, 0xff, 0xfe, b'\t', b'a'];
    let send = |record: &Record<'_, [u8]>| publisher.send("producing.bytes", record).unwrap();
    send(&Record::new(b"plain".as_slice()).key("k1").partition(1));
    send(&Record::new(binary.as_slice()).key(&binary).header("bin", binary).header("bin", "again").partition(1));
    send(&Record::tombstone().key("gone").header("empty", "").partition(1));
    send(&Record::new(b"".as_slice()).partition(1));
    let counts = publisher.flush(LONG);
    assert_eq!((counts.acknowledged, counts.failed, counts.pending), (4, 0, 0), "{counts:?}");
    let hex = r"\x00\x01\xFF\xFE\x09a";
    assert_eq!(
        console(&servers, "producing.bytes", 4),
        [
            "Partition:1\tNO_HEADERS\tk1\tplain".to_owned(),
            format!("Partition:1\tbin:{hex},bin:again\t{hex}\t{hex}"),
            "Partition:1\tempty:\tgone\tnull".to_owned(),
            "Partition:1\tNO_HEADERS\tnull\t".to_owned(),
        ]
    );
}

#[test]
fn keys_go_where_java_sends_them() {
    let servers = bootstrap_servers();
    create(&servers, "producing.keys", 5);
    let publisher = Publisher::new(&properties(&servers, &[])).unwrap();
    // murmur2(key) & 0x7fffffff modulo 5, by org.apache.kafka.common.utils.Utils.
    for key in ["AA", "UA", "B6", "DL", "WN"] {
        publisher.send("producing.keys", &Record::new(key.as_bytes()).key(key)).unwrap();
    }
    assert_eq!(publisher.close(LONG).acknowledged, 5);
    for line in console(&servers, "producing.keys", 5) {
        let mut parts = line.split('\t');
        let partition = parts.next().unwrap().strip_prefix("Partition:").unwrap().parse::<u32>().unwrap();
        let key = parts.nth(1).unwrap();
        assert_eq!(partition, (murmur2(key.as_bytes()) & 0x7fff_ffff) % 5, "{line}");
    }
}

/// Kafka's murmur2, from the protocol's public description.
fn murmur2(data: &[u8]) -> u32 {
    const M: u32 = 0x5bd1_e995;
    let mut hash = 0x9747_b28c ^ u32::try_from(data.len()).unwrap();
    let mut words = data.chunks_exact(4);
    for word in words.by_ref() {
        let mut k = u32::from_le_bytes(word.try_into().unwrap()).wrapping_mul(M);
        k = (k ^ (k >> 24)).wrapping_mul(M);
        hash = hash.wrapping_mul(M) ^ k;
    }
    let rest = words.remainder();
    if !rest.is_empty() {
        for (index, byte) in rest.iter().enumerate().rev() {
            hash ^= u32::from(*byte) << (8 * index);
        }
        hash = hash.wrapping_mul(M);
    }
    hash = (hash ^ (hash >> 13)).wrapping_mul(M);
    hash ^ (hash >> 15)
}

#[test]
fn a_missing_topic_is_told_promptly_and_works_once_it_is_created() {
    let servers = bootstrap_servers();
    let publisher = Publisher::new(&properties(&servers, &[])).unwrap();
    let record = Record::new(b"x".as_slice());
    let start = Instant::now();
    publisher.send("producing.late", &record).unwrap();
    let counts = publisher.flush(LONG);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    let reason = counts.first_failure.unwrap();
    assert!(matches!(&reason, ProduceError::Topic { topic, .. } if topic == "producing.late"), "{reason}");
    assert!(reason.to_string().contains("does not exist; create it"), "{reason}");
    create(&servers, "producing.late", 1);
    let deadline = Instant::now() + LONG;
    while publisher.published().acknowledged == 0 {
        assert!(Instant::now() < deadline, "{:?}", publisher.published());
        if publisher.send("producing.late", &record).is_ok() {
            publisher.flush(LONG);
        }
    }
}

#[test]
fn a_record_that_is_too_large_names_its_size_and_the_limits() {
    let servers = bootstrap_servers();
    let admin = Admin::new(&properties(&servers, &[])).unwrap();
    let topic = NewTopic::new("producing.small", 1).config("max.message.bytes", "2000");
    assert_eq!(admin.create_topics(&[topic], LONG), [Ok(Creation::Created)]);
    let publisher = Publisher::new(&properties(&servers, &[])).unwrap();
    let payload = vec![b'x'; 5_000];
    publisher.send("producing.small", &Record::new(payload.as_slice())).unwrap();
    let reason = publisher.flush(LONG).first_failure.unwrap();
    assert!(matches!(&reason, ProduceError::TooLarge(text) if text.contains("5000 bytes")), "{reason}");
}

#[test]
fn a_frozen_broker_delays_records_and_loses_none() {
    let cluster = OwnCluster::start("it-producing", 1, &[]).unwrap();
    let servers = &cluster.description().bootstrap_servers;
    create(servers, "frozen", 3);
    let publisher = Publisher::new(&properties(servers, &[])).unwrap();
    let send = |from: u32| {
        for number in from..from + 2_000 {
            publisher.send("frozen", &Record::new(number.to_string().as_bytes())).unwrap();
        }
    };
    send(0);
    cluster.pause(1).unwrap();
    send(2_000);
    let frozen = publisher.flush(Duration::from_secs(2));
    assert!(frozen.pending > 0 && frozen.failed == 0, "{frozen:?}");
    cluster.resume(1).unwrap();
    let counts = publisher.close(LONG);
    assert_eq!((counts.acknowledged, counts.failed, counts.pending), (4_000, 0, 0), "{counts:?}");
    let ranges = Admin::new(&properties(servers, &[])).unwrap().ranges("frozen", LONG).unwrap();
    assert_eq!(ranges.iter().map(|range| range.latest - range.earliest).sum::<i64>(), 4_000, "each once: {ranges:?}");

    // A frozen broker answers nothing at all, and closing does not wait for it.
    let publisher = Publisher::new(&properties(servers, &[])).unwrap();
    publisher.send("frozen", &Record::new(b"warm".as_slice())).unwrap();
    assert_eq!(publisher.flush(LONG).acknowledged, 1);
    cluster.pause(1).unwrap();
    for _ in 0..100 {
        publisher.send("frozen", &Record::new(b"given up".as_slice())).unwrap();
    }
    let start = Instant::now();
    let counts = publisher.close(Duration::from_millis(500));
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    assert_eq!((counts.acknowledged, counts.failed, counts.pending), (1, 100, 0), "{counts:?}");
    assert!(matches!(counts.first_failure, Some(ProduceError::Unavailable(_))), "{counts:?}");
}

#[test]
fn a_killed_broker_gets_every_record_once_after_its_restart() {
    let cluster = OwnCluster::start("it-producing-kill", 1, &[]).unwrap();
    let servers = &cluster.description().bootstrap_servers;
    create(servers, "killed", 2);
    let publisher = Publisher::new(&properties(servers, &[])).unwrap();
    let mut sent = 0_u64;
    let mut send_until = |acknowledged: u64| {
        let deadline = Instant::now() + LONG;
        while publisher.published().acknowledged < acknowledged {
            assert!(Instant::now() < deadline, "{:?}", publisher.published());
            for _ in 0..100 {
                publisher.send("killed", &Record::new(sent.to_string().as_bytes())).unwrap();
                sent += 1;
            }
        }
        for _ in 0..500 {
            publisher.send("killed", &Record::new(sent.to_string().as_bytes())).unwrap();
            sent += 1;
        }
    };
    send_until(1_000);
    cluster.kill(1).unwrap();
    let at_kill = publisher.published();
    assert!(at_kill.acknowledged >= 1_000, "{at_kill:?}");
    send_until(at_kill.acknowledged); // only queues: nobody acknowledges now
    assert!(publisher.published().pending >= 500, "{:?}", publisher.published());
    cluster.restart(1).unwrap();
    let counts = publisher.close(LONG);
    assert_eq!((counts.acknowledged, counts.failed, counts.pending), (sent, 0, 0), "{counts:?}");
    let ranges = Admin::new(&properties(servers, &[])).unwrap().ranges("killed", LONG).unwrap();
    let stored: i64 = ranges.iter().map(|range| range.latest - range.earliest).sum();
    assert_eq!(u64::try_from(stored).unwrap(), sent, "each once: {ranges:?}");
}
