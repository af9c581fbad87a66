// rule 1: `banana`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        banana;
    }
    topic "orders.dead";
}

fn main() {}
