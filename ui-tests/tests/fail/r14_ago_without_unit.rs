// rule 14: `1`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        initial_offset ago(1);
    }
    topic "orders.dead";
}

fn main() {}
