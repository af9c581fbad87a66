// rule 11: `exactly_once`
// rule 11: `manual_offsets`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        exactly_once;
        manual_offsets;
    }
    topic "orders.dead";
}

fn main() {}
