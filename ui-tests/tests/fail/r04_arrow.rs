// rule 4: `=`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "lost" => Mail;
    topic "orders" { consumer Mail; }
}

fn main() {}
