// rule 20: `"logs.[a-z]"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    pattern "logs.[a-z]" as Logs { consumer Mail; }
}

fn main() {}
