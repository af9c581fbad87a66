// rule 17: `5`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

#[derive(Consumer)]
#[consumer(payload = 5)]
struct Pay;

fn main() {}
