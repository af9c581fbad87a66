// rule 4: `0x10`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        max_messages 0x10;
    }
    topic "orders.dead";
}

fn main() {}
