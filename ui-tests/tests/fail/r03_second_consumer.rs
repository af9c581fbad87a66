// rule 3: `consumer`
// rule 3: `consumer`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        consumer Mail;
    }
    topic "orders.dead";
}

fn main() {}
