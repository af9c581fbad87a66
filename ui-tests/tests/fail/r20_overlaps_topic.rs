// rule 20: `"logs.*"`
// rule 20: `"logs.web"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    pattern "logs.*" as Logs { consumer Mail; }
    topic "logs.web" { consumer Mail; }
}

fn main() {}
