// rule 7: `8`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    defaults { config(partitions: 4); }
    subscription_group "s" {
        multiplexing(min: 1, max: 8);
        topic "orders" { consumer Mail; }
    }
}

fn main() {}
