// rule 17: `Pay`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

#[derive(Consumer)]
#[consumer(payload = Order)]
struct Pay;

fn main() {}
