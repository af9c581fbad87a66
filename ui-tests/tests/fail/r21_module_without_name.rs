// rule 21: `mod`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod;
    topic "orders" { consumer Mail; }
}

fn main() {}
