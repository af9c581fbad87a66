// rule 17: `consumer`
// rule 17: `Pay`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

#[derive(Consumer)]
#[consumer]
struct Pay;

fn main() {}
