// rule 16: `6`
// rule 16: `12`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    consumer_group "a" { topic "orders" { consumer Mail; config(partitions: 6); } }
    consumer_group "b" { topic "orders" { consumer Mail; config(partitions: 12); } }
}

fn main() {}
