// rule 17: `enum`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

#[derive(Consumer)]
#[consumer(payload = Order)]
enum Pay {
    Never,
}

impl ConsumeEach for Pay {
    fn consume_each(&mut self, _: Message<'_, Order>, _: &mut Context<'_>) -> Result {
        Ok(())
    }
}

routes! {
    mod shop;
    topic "orders" { consumer Pay; }
}

fn main() -> ExitCode {
    let _ = Pay::Never;
    App::new(shop::ROUTES).main()
}
