//! Payloads and keys that are not what a handler expects: each becomes a dead letter that says so, and nothing else suffers.

use karafka_tests::kafka::bootstrap_servers;

use super::harness::{Journal, Start};
use super::topics::{Kept, Topics};

struct Case {
    name: &'static str,
    key: Option<&'static [u8]>,
    payload: Option<Vec<u8>>,
    /// How the handler reads it; see the fixture.
    read: &'static str,
    /// What the dead letter's error says; nothing when it is handled.
    says: &'static [&'static str],
}

fn cases() -> Vec<Case> {
    let case = |name, payload: Option<&[u8]>, says| Case {
        name,
        key: None,
        payload: payload.map(<[u8]>::to_vec),
        read: "payload",
        says,
    };
    let deep = format!("[[{}", r#"{"nest": "#.repeat(50_000));
    vec![
        case("no JSON", Some(b"hello"), &["does not decode", "json", "expected value at line 1 column 1"]),
        case("not UTF-8", Some(b"\xff\xfe"), &["does not decode", "json"]),
        case("half a JSON", Some(b"[[\"fail\""), &["does not decode", "EOF while parsing"]),
        case("another JSON", Some(b"{\"a\": 1}"), &["does not decode", "invalid type: map"]),
        case("an unknown act", Some(b"[[\"dance\"]]"), &["does not decode", "unknown variant `dance`"]),
        case("deep JSON", Some(deep.as_bytes()), &["does not decode", "recursion limit exceeded"]),
        case("empty", Some(b""), &["does not decode", "EOF while parsing a value"]),
        case("a tombstone", None, &["is a tombstone", "`payload_opt`"]),
        Case { read: "opt", ..case("an expected tombstone", None, &[]) },
        Case {
            key: Some(b"\xc3\x28"),
            read: "key",
            ..case("a key that is no text", Some(b"[]"), &["key", "not UTF-8"])
        },
        Case { key: Some(b"\xc3\x28"), ..case("a key that nobody reads", Some(b"[]"), &[]) },
    ]
}

#[test]
fn what_a_handler_cannot_read_is_a_dead_letter_that_says_why() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "payloads"), Journal::new());
    let count = cases().len() as i64;
    topics.create("in", 1);
    topics.create("dead", 1);
    for Case { key, payload, read, .. } in cases() {
        let headers = vec![("read".to_owned(), Some(read.as_bytes().to_vec()))];
        let key = key.map(<[u8]>::to_vec);
        topics.send("in", &Kept { key, payload, headers, ..Kept::default() });
    }
    topics.flush();
    topics.send_all("in", 0, &["[]"]);
    let mut fixture = Start::new(&topics, "payloads").run(&journal);
    fixture.wait_committed(&topics, &[Some(count + 1)]);
    let words = fixture.words();
    fixture.finish();
    assert_eq!(journal.calls(0), (0..=count).collect::<Vec<_>>(), "each once");
    assert!(!words.contains("panicked"), "{words}");

    let letters = topics.read("dead");
    assert_eq!(letters.len(), cases().iter().filter(|case| !case.says.is_empty()).count());
    for (case, offset) in cases().iter().zip(0..) {
        let letter =
            letters.iter().find(|letter| letter.text("karafka-source-offset") == Some(i64::to_string(&offset)));
        let Some(letter) = letter else {
            assert!(case.says.is_empty(), "no dead letter of {}", case.name);
            continue;
        };
        let error = letter.text("karafka-error").unwrap();
        for part in case.says {
            assert!(error.contains(part), "expected `{part}` in `{error}` of {}", case.name);
        }
        assert!(!case.says.is_empty(), "{} was dead-lettered: {error}", case.name);
        assert_eq!((&letter.payload, letter.text("karafka-attempts").as_deref()), (&case.payload, Some("1")));
        assert!(error.contains(&format!("{}[0]@{offset}", topics.name("in"))), "it names its record: {error}");
        assert!(error.len() <= 1_024 && !error.contains('\n'), "{error}");
    }
}
