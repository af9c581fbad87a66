// rule 20: `"logs.*"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    pattern "logs.*" as Logs { }
    topic "orders" { consumer Mail; }
}

fn main() {}
