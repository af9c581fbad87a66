// rule 7: `0`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    subscription_group "s" {
        multiplexing(min: 0, max: 4);
        topic "orders" { consumer Mail; config(partitions: 4); }
    }
}

fn main() {}
