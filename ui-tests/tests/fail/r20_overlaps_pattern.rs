// rule 20: `"logs.*"`
// rule 20: `"*.web"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    pattern "logs.*" as Logs { consumer Mail; }
    pattern "*.web" as Web { consumer Mail; }
}

fn main() {}
