// rule 6: `"my/orders"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "my/orders" { consumer Mail; }
}

fn main() {}
