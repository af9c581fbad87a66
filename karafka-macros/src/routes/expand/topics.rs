//! Names and payloads of topic types.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::super::model::{DeclaredTopic, Model, Produced, Written};
use super::data::topic_name;
use crate::hygiene;

pub(super) fn implementations(model: &Model) -> TokenStream {
    model.topics.iter().map(|topic| implementation(model, topic)).collect()
}

fn implementation(model: &Model, topic: &DeclaredTopic) -> TokenStream {
    let (module, type_name) = (&model.module, &topic.type_name);
    let name = topic_name(&topic.name);
    let payload = match (topic.produced.first(), topic.consumers.first()) {
        (Some(produced), _) => produced_payload(model, topic, produced),
        (None, Some(consumer)) => consumed_payload(model, topic, consumer),
        (None, None) => TokenStream::new(),
    };
    let consumed = topic.consumers.first().map(|consumer| {
        let (payload, codec) = (payload_of(consumer), codec_of(consumer));
        quote_spanned! {hygiene::at(consumer.place.span())=>
            impl __karafka_private::Consumed for #module::#type_name {}
            impl __karafka_private::ConsumedAs<*const #payload, *const #codec> for #module::#type_name {}
        }
    });
    quote! {
        impl __karafka_private::Topic for #module::#type_name {
            const NAME: &'static str = #name;
        }
        #payload
        #consumed
    }
}

/// A produced topic: its codec must be able to encode its payload.
fn produced_payload(model: &Model, topic: &DeclaredTopic, produced: &Produced) -> TokenStream {
    let (module, type_name, payload) = (&model.module, &topic.type_name, &produced.payload.tokens);
    let codec = codec(produced);
    let span = produced.codec.as_ref().unwrap_or(&produced.payload).place.span();
    let encode = quote_spanned! {hygiene::at(span)=>
        <#codec as __karafka_private::Encode<#payload>>::encode(self, into)
    };
    quote! {
        impl __karafka_private::PayloadOf<#module::#type_name> for #payload {
            fn encode(
                &self,
                into: &mut __karafka_private::Vec<u8>,
            ) -> ::core::result::Result<(), __karafka_private::CodecError> {
                #encode
            }
        }
    }
}

pub(super) fn codec(produced: &Produced) -> TokenStream {
    match &produced.codec {
        Some(codec) => codec.tokens.clone(),
        None => quote_spanned!(hygiene::at(produced.payload.place.span())=> __karafka_private::Json),
    }
}

/// What a consumer reads. Points at the consumer, so that whatever is wrong with it is said there and once.
pub(super) fn payload_of(consumer: &Written) -> TokenStream {
    let tokens = &consumer.tokens;
    quote_spanned!(hygiene::at(consumer.place.span())=> <#tokens as __karafka_private::Consumer>::Payload)
}

/// How a consumer reads.
pub(super) fn codec_of(consumer: &Written) -> TokenStream {
    let tokens = &consumer.tokens;
    quote_spanned!(hygiene::at(consumer.place.span())=> <#tokens as __karafka_private::Consumer>::Codec)
}

/// A consumed topic can be produced to where the consumer's codec encodes as well. `for<'never>` keeps the compiler
/// from asking for that here: payloads that are only read need no encoder.
fn consumed_payload(model: &Model, topic: &DeclaredTopic, consumer: &Written) -> TokenStream {
    let (module, type_name) = (&model.module, &topic.type_name);
    let (payload, codec) = (payload_of(consumer), codec_of(consumer));
    quote_spanned! {hygiene::at(consumer.place.span())=>
        #[allow(private_interfaces, private_bounds)]
        impl __karafka_private::PayloadOf<#module::#type_name> for #payload
        where
            for<'never> #codec: __karafka_private::Encode<#payload>,
        {
            fn encode(
                &self,
                into: &mut __karafka_private::Vec<u8>,
            ) -> ::core::result::Result<(), __karafka_private::CodecError> {
                <#codec as __karafka_private::Encode<#payload>>::encode(self, into)
            }
        }
    }
}
