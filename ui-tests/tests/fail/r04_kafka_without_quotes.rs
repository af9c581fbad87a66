// rule 4: `linger`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    kafka(linger: 5);
    topic "orders" { consumer Mail; }
}

fn main() {}
