// rule 1: `crate`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    crate = ::karafka_rt;
    topic "orders" { consumer Mail; }
}

fn main() {}
