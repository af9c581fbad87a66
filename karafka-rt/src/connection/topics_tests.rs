use super::*;

const DENIED: Code = Code::TOPIC_AUTHORIZATION_FAILED;
const MISSING: Code = Code::UNKNOWN_TOPIC_OR_PARTITION;
const FIRST: TopicId = TopicId([1, 1]);
const SECOND: TopicId = TopicId([1, 2]);

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn topics() -> Topics {
    Topics::new(["a", "b"].into_iter())
}

/// Asks, and has `a` and `b` answered.
fn look(topics: &mut Topics, second: u64, a: Result<TopicId, Code>, b: Result<TopicId, Code>) -> Vec<Change> {
    assert!(topics.is_due(at(second)), "looked at in second {second}");
    topics.asked(second, at(second));
    let found = |said: Result<TopicId, Code>| said.map(|id| TopicFound { partitions: 1, id });
    topics.answered(second, &[("a".to_owned(), found(a)), ("b".to_owned(), found(b))], at(second))
}

#[test]
fn nothing_is_subscribed_to_before_the_brokers_have_answered() {
    let mut topics = topics();
    assert_eq!(topics.wanted(Protocol::Consumer), [] as [&str; 0]);
    assert_eq!(look(&mut topics, 0, Err(Code::LOCAL_TRANSPORT), Err(Code::LOCAL_TIMED_OUT)), []);
    assert_eq!(topics.wanted(Protocol::Consumer), [] as [&str; 0]);
    assert!(!topics.is_due(at(0)));
    assert_eq!(look(&mut topics, 1, Ok(FIRST), Ok(FIRST)), []);
    assert_eq!(topics.wanted(Protocol::Consumer), ["a", "b"]);
    assert!(!topics.is_due(at(30)) && topics.is_due(at(31)), "looked at from time to time");
}

#[test]
fn a_denied_topic_fails_alone_and_is_tried_less_and_less_often() {
    let mut topics = topics();
    let mut now = 0;
    for (failures, wait) in [1, 2, 4, 8, 16, 32, 60, 60].into_iter().enumerate() {
        let failed = Change::Failed { topic: "b", why: DENIED, wait: at(wait) };
        // Good topics are looked at meanwhile, which is no new failure.
        while !matches!(topics.watched[1].state, State::Failed { next, .. } if at(now) < next) {
            assert_eq!(look(&mut topics, now, Ok(FIRST), Err(DENIED)), [failed], "failure {failures}");
        }
        for protocol in [Protocol::Consumer, Protocol::Classic] {
            assert_eq!(topics.wanted(protocol), ["a"]);
        }
        let next = now + wait;
        while topics.wakes_at() < at(next) {
            let second = topics.wakes_at().as_secs();
            assert_eq!(look(&mut topics, second, Ok(FIRST), Err(DENIED)), []);
        }
        now = next;
    }
    assert_eq!(look(&mut topics, now, Ok(FIRST), Ok(FIRST)), [Change::Recovered { topic: "b" }]);
    assert_eq!(topics.wanted(Protocol::Classic), ["a", "b"]);
}

#[test]
fn a_missing_topic_is_waited_for_where_the_broker_does_the_waiting() {
    let mut topics = topics();
    look(&mut topics, 0, Ok(FIRST), Err(MISSING));
    assert_eq!(topics.wanted(Protocol::Consumer), ["a", "b"]);
    assert_eq!(topics.wanted(Protocol::Classic), ["a"]);
}

#[test]
fn one_answer_that_a_topic_is_missing_is_not_believed_and_trouble_with_brokers_changes_nothing() {
    let mut topics = topics();
    look(&mut topics, 0, Ok(FIRST), Ok(FIRST));
    topics.look_soon(at(10));
    assert_eq!(look(&mut topics, 10, Ok(FIRST), Err(MISSING)), []);
    assert_eq!(topics.wanted(Protocol::Classic), ["a", "b"]);
    assert_eq!(look(&mut topics, 11, Err(Code::LOCAL_TRANSPORT), Err(Code::LOCAL_TRANSPORT)), []);
    assert_eq!(topics.wanted(Protocol::Classic), ["a", "b"]);
    let failed = Change::Failed { topic: "b", why: MISSING, wait: FAILED };
    assert_eq!(look(&mut topics, 12, Ok(FIRST), Err(MISSING)), [failed]);
    assert_eq!(topics.wanted(Protocol::Classic), ["a"]);
}

#[test]
fn errors_bring_a_look_forward_but_not_more_than_one_a_second() {
    let mut topics = topics();
    look(&mut topics, 0, Ok(FIRST), Ok(FIRST));
    let half = Duration::from_millis(500);
    topics.look_soon(half);
    assert!(topics.is_suspicious() && !topics.is_due(half) && topics.is_due(at(1)));
    look(&mut topics, 1, Err(Code::LOCAL_TIMED_OUT), Err(Code::LOCAL_TIMED_OUT));
    assert!(!topics.is_suspicious(), "partitions wait for one answer, whatever it says");
    topics.look_soon(at(20));
    assert!(topics.is_suspicious() && topics.is_due(at(20)));
}

#[test]
fn a_topic_of_the_same_name_is_told_apart() {
    let (mut topics, key) = (topics(), ("b", 3));
    look(&mut topics, 0, Ok(FIRST), Ok(FIRST));
    let before = Before { next: 70, committed: Some(60) };
    topics.ended(key, topics.id("b"), before);
    assert_eq!((topics.knows(key), topics.ended_in_another(key)), (true, None));
    topics.look_soon(at(5));
    look(&mut topics, 5, Ok(FIRST), Err(MISSING));
    look(&mut topics, 6, Ok(FIRST), Err(MISSING));
    let changes = look(&mut topics, 7, Ok(FIRST), Ok(SECOND));
    assert_eq!(changes, [Change::Recreated { topic: "b" }, Change::Recovered { topic: "b" }]);
    assert_eq!(topics.ended_in_another(key), Some(before));
}

#[test]
fn a_late_answer_of_an_earlier_question_says_nothing() {
    let mut topics = topics();
    topics.asked(1, at(0));
    assert!(topics.is_due(at(10)), "no answer in time");
    topics.asked(2, at(10));
    let entries = [("a".to_owned(), Err(DENIED)), ("b".to_owned(), Err(DENIED))];
    assert_eq!(topics.answered(1, &entries, at(11)), []);
    assert_eq!(topics.answered(2, &entries, at(11)).len(), 2);
}
