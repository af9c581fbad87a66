// rule 2: `topic`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        topic "inner" { consumer Mail; }
    }
    topic "orders.dead";
}

fn main() {}
