// rule 2: `topic`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    defaults { topic "x"; }
    topic "orders" { consumer Mail; }
}

fn main() {}
