// rule 20: `produce`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    pattern "logs.*" as Logs { consumer Mail; produce Order; }
}

fn main() {}
