// rule 11: `exactly_once`
// rule 11: `parallel`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        exactly_once;
        parallel(by: key, lanes: 4);
    }
    topic "orders.dead";
}

fn main() {}
