// rule 21: `type`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod type;
    topic "orders" { consumer Mail; }
}

fn main() {}
