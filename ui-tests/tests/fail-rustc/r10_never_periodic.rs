// rule 10: `Charge`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" { consumer Charge; }
}

fn main() {}
