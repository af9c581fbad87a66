// rule 12: `parallel`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" { consumer Mail; parallel; }
}

fn main() {}
