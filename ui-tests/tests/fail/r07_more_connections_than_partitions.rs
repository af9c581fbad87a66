// rule 7: `8`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    subscription_group "s" {
        multiplexing(max: 8);
        topic "orders" { consumer Mail; config(partitions: 4); }
    }
}

fn main() {}
