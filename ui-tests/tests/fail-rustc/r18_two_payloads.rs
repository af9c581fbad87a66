// rule 18: `Archive`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" { produce Order; }
    consumer_group "g" { topic "orders" { consumer Archive; } }
}

fn main() {}
