// rule 17: `<`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

#[derive(Consumer)]
#[consumer(payload = Order)]
struct Pay<T: Send + 'static>(T);

impl<T: Send + 'static> ConsumeEach for Pay<T> {
    fn consume_each(&mut self, _: Message<'_, Order>, _: &mut Context<'_>) -> Result {
        Ok(())
    }
}

routes! {
    mod shop;
    topic "orders" { consumer Pay<u8>; }
}

fn main() -> ExitCode {
    App::new(shop::ROUTES).main()
}
