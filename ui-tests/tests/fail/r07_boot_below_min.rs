// rule 7: `1`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    subscription_group "s" {
        multiplexing(min: 2, max: 4, boot: 1);
        topic "orders" { consumer Mail; config(partitions: 4); }
    }
}

fn main() {}
