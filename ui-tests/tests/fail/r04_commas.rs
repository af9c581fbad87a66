// rule 4: `,`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        max_messages 5, manual_offsets;
    }
    topic "orders.dead";
}

fn main() {}
