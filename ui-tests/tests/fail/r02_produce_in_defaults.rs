// rule 2: `produce`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    defaults { produce Order; }
    topic "orders" { consumer Mail; }
}

fn main() {}
