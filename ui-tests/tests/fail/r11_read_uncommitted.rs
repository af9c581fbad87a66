// rule 11: `isolation`
// rule 11: `exactly_once`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    subscription_group "s" {
        isolation read_uncommitted;
        topic "orders" { consumer Mail; exactly_once; }
    }
}

fn main() {}
