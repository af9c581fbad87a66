// rule 21: `(`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    pub(everywhere) mod shop;
    topic "orders" { consumer Mail; }
}

fn main() {}
