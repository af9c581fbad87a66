// rule 13: `assign`
// rule 13: `nodes`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    subscription_group "s" {
        assign(0, 1);
        nodes(0, 1);
        topic "orders" { consumer Mail; config(partitions: 4); }
    }
}

fn main() {}
