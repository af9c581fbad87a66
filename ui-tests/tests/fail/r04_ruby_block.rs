// rule 4: `do`
// rule 4: `do`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    subscription_group "s" do
        topic "orders" do
            consumer Mail;
        end
    end
}

fn main() {}
