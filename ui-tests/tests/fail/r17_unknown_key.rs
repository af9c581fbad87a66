// rule 17: `paylod`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

#[derive(Consumer)]
#[consumer(payload = Order, paylod = Order)]
struct Pay;

impl ConsumeEach for Pay {
    fn consume_each(&mut self, _: Message<'_, Order>, _: &mut Context<'_>) -> Result {
        Ok(())
    }
}

fn main() {}
