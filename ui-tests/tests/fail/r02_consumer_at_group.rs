// rule 2: `consumer`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    consumer_group "g" {
        consumer Mail;
        topic "orders" { consumer Mail; }
    }
}

fn main() {}
