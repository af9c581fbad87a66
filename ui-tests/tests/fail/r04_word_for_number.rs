// rule 4: `many`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        max_messages many;
    }
    topic "orders.dead";
}

fn main() {}
