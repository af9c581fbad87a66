// rule 14: `1min`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        pause(timeout: 1min);
    }
    topic "orders.dead";
}

fn main() {}
