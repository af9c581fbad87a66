// rule 17: `banana`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

#[derive(Consumer)]
#[consumer(payload = Order, banana = 5)]
struct Pay;

impl ConsumeEach for Pay {
    fn consume_each(&mut self, _: Message<'_, Order>, _: &mut Context<'_>) -> Result {
        Ok(())
    }
}

fn main() {}
