// rule 17: `<`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

#[derive(Consumer)]
#[consumer(payload = Order)]
struct Pay<'a>(&'a str);

fn main() {}
