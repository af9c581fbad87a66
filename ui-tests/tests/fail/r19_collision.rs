// rule 19: `"orders"`
// rule 19: `"Orders"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" { consumer Mail; }
    topic "Orders";
}

fn main() {}
