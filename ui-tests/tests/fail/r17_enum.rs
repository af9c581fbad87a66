// rule 17: `enum`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

#[derive(Consumer)]
#[consumer(payload = Order)]
enum Pay {}

fn main() {}
