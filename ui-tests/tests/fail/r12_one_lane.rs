// rule 12: `1`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        parallel(by: key, lanes: 1);
    }
    topic "orders.dead";
}

fn main() {}
