// rule 10: `Mail`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        periodic;
    }
    topic "orders.dead";
}

fn main() {}
