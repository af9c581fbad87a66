// rule 2: `max_messages`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" { consumer Mail; }
    topic "receipts" {
        produce Order;
        max_messages 5;
    }
}

fn main() {}
