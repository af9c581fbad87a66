// rule 15: `"plugin.library.paths"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    kafka("plugin.library.paths": "x.so");
    topic "orders" { consumer Mail; }
}

fn main() {}
