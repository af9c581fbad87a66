//! A dead letter is its record, byte for byte, as other clients and Kafka's own console consumer read both.

use karafka_tests::kafka::{bootstrap_servers, cli};

use super::harness::{Journal, Start};
use super::topics::{Kept, Topics};

const BINARY: [u8; 6] = [0, 1, 0xff, 0xfe, b'\t', b'a'];
const SOURCE_PARTITIONS: i32 = 5;
const TARGET_PARTITIONS: i32 = 2;
/// What the framework sets on a dead letter.
const OWN: [&str; 8] = [
    "karafka-source-topic",
    "karafka-source-partition",
    "karafka-source-offset",
    "karafka-source-timestamp",
    "karafka-source-group",
    "karafka-attempts",
    "karafka-error",
    "karafka-trace-id",
];

fn record(partition: i32, key: Option<&[u8]>, payload: Option<&[u8]>, headers: &[(&str, Option<&[u8]>)]) -> Kept {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.map(<[u8]>::to_vec))).collect();
    Kept { partition, key: key.map(<[u8]>::to_vec), payload: payload.map(<[u8]>::to_vec), headers, ..Kept::default() }
}

/// Each is dead-lettered at its first attempt: none has a payload that the handler can decode.
fn records() -> Vec<Kept> {
    let redriven: Vec<(&str, Option<&[u8]>)> =
        OWN.iter().map(|name| (*name, Some(b"old".as_slice()))).chain([("karafka-attempts", None)]).collect();
    vec![
        record(0, Some(b"k"), Some(b"no json"), &[]),
        record(0, None, Some(b"null key"), &[("a", Some(b"1"))]),
        record(1, Some(b""), Some(b"empty key"), &[("empty", Some(b"")), ("null", None)]),
        record(1, Some(b"gone"), None, &[("why", Some(b"tombstone"))]),
        record(2, Some(b"k"), Some(b""), &[]),
        record(3, Some(&BINARY), Some(&BINARY), &[("bin", Some(&BINARY)), ("bin", Some(b"again")), ("x", None)]),
        record(4, None, None, &[]),
        record(4, Some(b"again"), Some(b"was a dead letter"), &redriven),
        record(4, Some(b"mine"), Some(b"{"), &[("karafka-mine", Some(b"kept")), ("a", Some(b"1"))]),
    ]
}

#[test]
fn key_payload_and_headers_of_a_dead_letter_are_those_of_its_record() {
    let servers = bootstrap_servers();
    let (topics, journal) = (Topics::new(&servers, "bytes"), Journal::new());
    topics.create("in", SOURCE_PARTITIONS);
    topics.create("dead", TARGET_PARTITIONS);
    for record in &records() {
        topics.send("in", record);
    }
    topics.flush();
    let mut fixture = Start::new(&topics, "bytes").run(&journal);
    let ends: Vec<_> = (0..SOURCE_PARTITIONS)
        .map(|partition| Some(records().iter().filter(|record| record.partition == partition).count() as i64))
        .collect();
    fixture.wait_committed(&topics, &ends);
    fixture.finish();

    let (sources, letters) = (topics.read("in"), topics.read("dead"));
    assert_eq!(letters.len(), records().len());
    for source in &sources {
        let found: Vec<&Kept> = letters.iter().filter(|letter| is_letter_of(letter, source)).collect();
        let [letter] = found[..] else { panic!("expected one dead letter of {source:?}, found {found:?}") };
        assert_eq!(letter.partition, source.partition % TARGET_PARTITIONS);
        assert_eq!((&letter.key, &letter.payload), (&source.key, &source.payload));
        assert_eq!(foreign(letter), foreign(source), "in order, duplicates included");
        for name in OWN {
            assert_eq!(letter.headers.iter().filter(|(header, _)| header == name).count(), 1, "{name} in {letter:?}");
            assert_ne!(letter.text(name).as_deref(), Some("old"), "replaced, not appended");
        }
        assert_eq!(letter.text("karafka-source-topic"), Some(topics.name("in")));
        assert_eq!(letter.text("karafka-source-group").as_deref(), Some("records-bytes"));
        assert_eq!(letter.text("karafka-attempts").as_deref(), Some("1"));
        assert!(letter.text("karafka-source-timestamp").unwrap().parse::<i64>().is_ok());
    }
    for source in 0..SOURCE_PARTITIONS {
        let of = |letter: &&Kept| letter.text("karafka-source-partition") == Some(source.to_string());
        let offsets: Vec<_> =
            letters.iter().filter(of).map(|letter| letter.text("karafka-source-offset").unwrap()).collect();
        assert!(offsets.is_sorted(), "the order of a partition is kept: {offsets:?}");
    }
    let (before, after) = (console(&topics, "in", sources.len()), console(&topics, "dead", letters.len()));
    assert_eq!(before, after, "as Kafka's console consumer reads them");
    let hex = r"\x00\x01\xFF\xFE\x09a";
    for line in [
        "NO_HEADERS\tnull\tnull".to_owned(),
        "NO_HEADERS\tk\t".to_owned(),
        "why:tombstone\tgone\tnull".to_owned(),
        "empty:,null:null\t\tempty key".to_owned(),
        format!("bin:{hex},bin:again,x:null\t{hex}\t{hex}"),
        "karafka-mine:kept,a:1\tmine\t{".to_owned(),
    ] {
        assert!(before.contains(&line), "{line} in {before:#?}");
    }
}

fn is_letter_of(letter: &Kept, source: &Kept) -> bool {
    let place = |name: &str, value: i64| letter.text(name) == Some(value.to_string());
    place("karafka-source-partition", i64::from(source.partition)) && place("karafka-source-offset", source.offset)
}

fn foreign(record: &Kept) -> Vec<&(String, Option<Vec<u8>>)> {
    record.headers.iter().filter(|(name, _)| !OWN.contains(&name.as_str())).collect()
}

/// What Kafka's own consumer prints: headers without those of the framework, key and value, sorted. `Bytes` prints `\xNN`
/// for what is no text.
fn console(topics: &Topics, topic: &str, count: usize) -> Vec<String> {
    let (name, maximum) = (topics.name(topic), count.to_string());
    let bytes = "org.apache.kafka.common.serialization.BytesDeserializer";
    let mut arguments = vec!["--bootstrap-server", &topics.servers, "--topic", &name, "--from-beginning"];
    arguments.extend(["--max-messages", &maximum, "--timeout-ms", "20000"]);
    let properties: Vec<String> = ["print.headers", "print.key"]
        .map(|name| format!("{name}=true"))
        .into_iter()
        .chain(["key", "value", "headers"].map(|part| format!("{part}.deserializer={bytes}")))
        .collect();
    for property in &properties {
        arguments.extend(["--formatter-property", property]);
    }
    let output = cli("ConsoleConsumer", &arguments).unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines: Vec<String> = text.lines().map(without_own).collect();
    lines.sort();
    lines
}

fn without_own(line: &str) -> String {
    let (headers, rest) = line.split_once('\t').unwrap();
    let is_own = |header: &str| OWN.iter().any(|name| header.split(':').next() == Some(name));
    // A comma may stand in a header's own text, but not in those of these records; in those of the framework it goes with them.
    let mut kept: Vec<&str> = Vec::new();
    let mut dropping = false;
    for part in headers.split(',') {
        let begins = part.contains(':') && !part.starts_with(' ');
        dropping = if begins { is_own(part) } else { dropping };
        if !dropping {
            kept.push(part);
        }
    }
    let headers = if kept.is_empty() { "NO_HEADERS".to_owned() } else { kept.join(",") };
    format!("{headers}\t{rest}")
}
