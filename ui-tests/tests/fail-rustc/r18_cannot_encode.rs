// rule 18: `Opaque`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

struct Opaque;

routes! {
    mod shop;
    topic "orders" { produce Opaque; }
    topic "bills" { produce Order; }
}

fn main() {}
