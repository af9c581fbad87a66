// rule 3: `manual_offsets`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        manual_offsets
    }
    topic "orders.dead";
}

fn main() {}
