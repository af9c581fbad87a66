// rule 19: `as`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" as "Orders" { consumer Mail; }
}

fn main() {}
