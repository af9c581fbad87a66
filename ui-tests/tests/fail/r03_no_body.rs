// rule 3: `consumer_group`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    consumer_group "g";
    topic "orders" { consumer Mail; }
}

fn main() {}
