// rule 3: `topic`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic { consumer Mail; }
    topic "orders" { consumer Mail; }
}

fn main() {}
