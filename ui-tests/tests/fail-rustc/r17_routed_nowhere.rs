// rule 17: `Pay`
#![deny(dead_code)]

use karafka_rt::prelude::*;
use karafka_ui_tests::*;

#[derive(Consumer)]
#[consumer(payload = Order)]
struct Pay;

impl ConsumeEach for Pay {
    fn consume_each(&mut self, _: Message<'_, Order>, _: &mut Context<'_>) -> Result {
        Ok(())
    }
}

fn main() {}
