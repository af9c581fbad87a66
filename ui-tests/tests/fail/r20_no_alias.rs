// rule 20: `"logs.*"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    pattern "logs.*" { consumer Mail; }
}

fn main() {}
