// rule 3: `timeout`
// rule 3: `timeout`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        pause(
            timeout: 1s,
            timeout: 2s,
        );
    }
    topic "orders.dead";
}

fn main() {}
