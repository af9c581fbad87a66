// rule 13: `assign`
// rule 13: `manual_offsets`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    subscription_group "s" {
        assign(all);
        topic "orders" { consumer Mail; manual_offsets; }
    }
}

fn main() {}
