// rule 21: `topic`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    topic "orders" { consumer Mail; }
}

fn main() {}
