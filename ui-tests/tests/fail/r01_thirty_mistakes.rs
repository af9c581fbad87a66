// rule 6: `"my shop"`
// rule 1: `max_mesages`
// rule 2: `consumer`
// rule 7: `multiplexing`
// rule 4: `0`
// rule 10: `1ms`
// rule 8: `"daed"`
// rule 3: `dead_letter_queue`
// rule 8: `dead`
// rule 1: `latset`
// rule 14: `5m`
// rule 3: `Mail`
// rule 6: `"t 09"`
// rule 19: `"7"`
// rule 1: `consumer_gruop`
// rule 1: `clasic`
// rule 2: `kafka`
// rule 1: `timeot`
// rule 4: `yes`
// rule 15: `"group.id"`
// rule 15: `"fetch.min.byte"`
// rule 4: `5`
// rule 16: `0`
// rule 16: `"retention.msec"`
// rule 2: `max_messages`
// rule 4: `#`
// rule 12: `1`
// rule 4: `=`
// rule 19: `ROUTES`
// rule 1: `banana`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    pub mod shop as "my shop";
    defaults { max_mesages 5; consumer Mail; }
    multiplexing(max: 4);
    topic "t01" { consumer Mail; max_messages 0; }
    topic "t02" { consumer Mail; periodic(interval: 1ms); }
    topic "t03" { consumer Mail; dead_letter_queue(topic: "daed", max_retries: 2); }
    topic "t04" { consumer Mail; dead_letter_queue(max_retries: 2); }
    topic "t05" { consumer Mail; dead_letter_queue(topic: dead); }
    topic "t06" { consumer Mail; initial_offset latset; }
    topic "t07" { consumer Mail; handler_timeout 5m; }
    topic "t08" { consumer Mail manual_offsets; }
    topic "t 09" as T09 { consumer Mail; }
    topic "7" { consumer Mail; }
    consumer_gruop "g" {
        protocol clasic;
        topic "t11" { consumer Mail; kafka("fetch.min.bytes": 1); }
        topic "t12" { consumer Mail; pause(timeout: 1s, timeot: 2s); }
        topic "t13" { consumer Mail; periodic yes; }
    }
    subscription_group "s" {
        kafka("group.id": "x", "fetch.min.byte": 1);
        topic "t14" { consumer 5; }
        topic "t15" { consumer Mail; config(partitions: 0); }
        topic "t16" { consumer Mail; config("retention.msec": 7d); }
        topic "t17" { produce Order; max_messages 1; }
        # a comment
        topic "t18" { consumer Mail; parallel(lanes: 1); }
        topic "dead" => Mail;
    }
    topic "t20" as ROUTES { consumer Mail; banana; }
}

/// Whatever can be known of the twenty topics is there.
fn pay(cx: &mut Context<'_>) -> Result {
    cx.produce::<shop::T01>("key", &Order { cents: 1 })?;
    cx.produce::<shop::T17>("key", &Order { cents: 1 })
}

type FirstTopics = (shop::T01, shop::T02, shop::T03, shop::T04, shop::T05, shop::T06, shop::T07, shop::T08, shop::T09);
type OtherTopics = (shop::T11, shop::T12, shop::T13, shop::T14, shop::T15, shop::T16, shop::T17, shop::T18, shop::Dead);

fn main() {
    let _ = (pay, App::new(shop::ROUTES), std::any::type_name::<(FirstTopics, OtherTopics)>());
}
