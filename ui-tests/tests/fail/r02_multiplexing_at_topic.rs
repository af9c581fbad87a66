// rule 2: `multiplexing`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        multiplexing(max: 2);
    }
    topic "orders.dead";
}

fn main() {}
