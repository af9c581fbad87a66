// rule 20: `NAME`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

const NAME: &str = "logs.web";

routes! {
    mod shop;
    pattern "logs.*" as Logs { consumer Archive; }
    subscription_group { topic NAME as Web { consumer Archive; } }
}

fn main() {}
