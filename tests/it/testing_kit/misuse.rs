//! What a test that is written wrongly is told.

use std::panic::{AssertUnwindSafe, catch_unwind};

use karafka_rt::prelude::*;
use karafka_rt::testing::Harness;

#[derive(Consumer)]
#[consumer(payload = Raw)]
struct Wants {
    #[state]
    limits: State<Vec<u64>>,
}

impl ConsumeEach for Wants {
    fn consume_each(&mut self, message: Message<'_, Raw>, cx: &mut Context<'_>) -> Result {
        if message.offset() as usize >= self.limits.len() { cx.seek(SeekTo::Earliest) } else { Ok(()) }
    }
}

routes! {
    mod wanting as "wanting";
    topic "in" { consumer Wants; }
    topic "out" { produce(Raw, codec: Raw); }
    consumer_group "audit" { topic "in" { consumer Wants; } }
}

fn told(test: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(test)).expect_err("a panic");
    let owned = panic.downcast_ref::<String>().cloned();
    owned.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

#[test]
fn misuse_is_a_sentence_that_says_what_to_do() {
    let with_state = || Harness::new(wanting::ROUTES).state(vec![1_u64]);
    let check = |found: String, expected: &str| assert!(found.contains(expected), "{found}");
    check(
        told(|| Harness::new(wanting::ROUTES).run_until_idle()),
        "`Wants` has a field `State<alloc::vec::Vec<u64>>`: give the harness a value with `.state(..)`",
    );
    check(
        told(|| with_state().deliver_bytes::<wanting::Out>((), b"x")),
        "no consumer of these routes reads topic `out`",
    );
    check(
        told(|| assert_eq!(with_state().progress::<wanting::In>(0), None)),
        "read by several groups, `wanting` and `audit`: ask with `progress_of`",
    );
    check(
        told(|| {
            let mut harness = with_state();
            harness.deliver_bytes::<wanting::In>((), b"x");
            harness.deliver_bytes::<wanting::In>((), b"x");
            harness.run_until_idle();
        }),
        "does a handler seek back each time?",
    );
    check(told(|| with_state().revoke::<wanting::In>(7)), "partition 7 of topic `in` is not assigned");
    check(told(|| with_state().deliver_bytes_to::<wanting::In>(-1, (), b"x")), "partitions count from 0");
    check(
        told(|| {
            let mut harness = with_state();
            harness.stop();
            harness.run_until_idle();
        }),
        "the harness was stopped: make a new one",
    );
    check(
        told(|| with_state().with(wanting::ROUTES).run_until_idle()),
        "group `wanting` consumes topic `in` twice: is a block given twice?",
    );
}
