// rule 13: `assign`
// rule 13: `dead_letter_queue`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    subscription_group "s" {
        assign(all);
        topic "orders" { consumer Mail; dead_letter_queue(topic: none); }
    }
}

fn main() {}
