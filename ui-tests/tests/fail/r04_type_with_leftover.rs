// rule 4: `Charge`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        manual_offsets true Charge;
    }
    topic "orders.dead";
}

fn main() {}
