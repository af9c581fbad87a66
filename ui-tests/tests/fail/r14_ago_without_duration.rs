// rule 14: `ago`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        initial_offset ago;
    }
    topic "orders.dead";
}

fn main() {}
