//! A block in a function, as in a doctest, with types of that function.

#[test]
fn a_function_has_its_own_routes() {
    use karafka_rt::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    struct Local {
        value: u8,
    }

    #[derive(Consumer)]
    #[consumer(payload = Local)]
    struct Handle;

    impl ConsumeEach for Handle {
        fn consume_each(&mut self, message: Message<'_, Local>, cx: &mut Context<'_>) -> Result {
            let value = message.payload()?.value;
            cx.produce::<here::Next>(&[value], &Local { value })
        }
    }

    routes! {
        mod here as "here";
        topic "first" { consumer Handle; }
        topic "next" { produce Local; }
    }

    assert_eq!(here::TOPOLOGY.routes().count(), 1);
}
