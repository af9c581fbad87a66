// rule 3: `max_messages`
// rule 3: `max_messages`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    consumer_group "g" {
        defaults { max_messages 5; }
        max_messages 6;
        topic "orders" { consumer Mail; }
    }
}

fn main() {}
