// rule 15: `"bootstrap.servers"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    kafka("bootstrap.servers": "host:9092");
    topic "orders" { consumer Mail; }
}

fn main() {}
