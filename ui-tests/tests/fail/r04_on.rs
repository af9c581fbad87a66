// rule 4: `on`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        manual_offsets on;
    }
    topic "orders.dead";
}

fn main() {}
