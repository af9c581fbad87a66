// rule 19: `ROUTES`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" as ROUTES { consumer Mail; }
}

fn main() {}
