// rule 18: `Raw`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" { produce(Order, codec: Raw); }
}

fn main() {}
