// rule 14: `5m`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        handler_timeout 5m;
    }
    topic "orders.dead";
}

fn main() {}
