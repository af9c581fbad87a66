// rule 12: `<`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" { consumer Mail; parallel(by: customer<u8>, lanes: 4); }
}

fn main() {}
