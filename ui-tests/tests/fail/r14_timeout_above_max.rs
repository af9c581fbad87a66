// rule 14: `1min`
// rule 14: `5s`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        pause(timeout: 1min, max_timeout: 5s);
    }
    topic "orders.dead";
}

fn main() {}
