// rule 13: `slot`
// rule 13: `all`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    subscription_group {
        nodes(slot: 0);
        assign(all: 0);
        topic "orders" { consumer Mail; }
    }
}

fn main() {}
