// rule 13: `70_000`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    subscription_group {
        nodes(0);
        assign(0, 70_000);
        topic "orders" { consumer Mail; }
    }
}

fn main() {}
