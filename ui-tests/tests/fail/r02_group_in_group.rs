// rule 2: `consumer_group`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    consumer_group "a" {
        topic "orders" { consumer Mail; }
        consumer_group "b" { topic "orders" { consumer Mail; } }
    }
}

fn main() {}
