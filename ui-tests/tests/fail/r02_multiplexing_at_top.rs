// rule 2: `multiplexing`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    multiplexing(max: 2);
    topic "orders" { consumer Mail; }
}

fn main() {}
