// rule 17: `Pay`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

#[derive(Consumer)]
struct Pay;

fn main() {}
