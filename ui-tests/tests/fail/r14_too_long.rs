// rule 14: `99999d`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        handler_timeout 99999d;
    }
    topic "orders.dead";
}

fn main() {}
