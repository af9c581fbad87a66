//! One topic has one payload and one codec, whoever reads or writes it.

use proc_macro2::TokenStream;
use quote::quote_spanned;

use super::super::super::model::DeclaredTopic;
use super::super::topics;
use crate::hygiene;

pub(super) fn one_payload(topic: &DeclaredTopic) -> TokenStream {
    let produced = topic
        .produced
        .iter()
        .map(|produced| (produced.payload.tokens.clone(), topics::codec(produced), produced.payload.place));
    let consumed = topic
        .consumers
        .iter()
        .map(|consumer| (topics::payload_of(consumer), topics::codec_of(consumer), consumer.place));
    let all: Vec<_> = produced.chain(consumed).collect();
    let Some(((payload, codec, _), others)) = all.split_first() else { return TokenStream::new() };
    others
        .iter()
        .map(|(other, other_codec, place)| {
            quote_spanned! {hygiene::at(place.span())=>
                const _: () = __karafka_private::same_record::<#other, #other_codec, #payload, #codec>();
            }
        })
        .collect()
}
