// rule 13: `assign`
// rule 13: `nodes`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    subscription_group "s" {
        assign(all);
        nodes(0);
        topic "orders" { consumer Mail; config(partitions: 4); }
    }
}

fn main() {}
