// rule 14: `0s`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        handler_timeout 0s;
    }
    topic "orders.dead";
}

fn main() {}
