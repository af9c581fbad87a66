// rule 4: `"latest"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        initial_offset "latest";
    }
    topic "orders.dead";
}

fn main() {}
