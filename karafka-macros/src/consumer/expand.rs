//! [`Model`] to the implementation of the hidden half of `Consumer`.
//!
//! Nothing outside that implementation names the type, so that the compiler still warns about a consumer that is routed
//! nowhere.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::model::{Creation, Model, Value};
use crate::diagnostics::wording;
use crate::hygiene;

pub(crate) fn expand(model: &Model) -> TokenStream {
    let Model { name, .. } = model;
    let states = model.states();
    let one_handler = one_handler(name);
    let creation = creation(&model.creation);
    implementation(
        model,
        &quote! {
            const HOOKS: __karafka_private::Hooks<Self> = __karafka_private::Hooks {
                batch: __karafka_private::Probe::<#name>::BATCH,
                each: __karafka_private::Probe::<#name>::EACH,
                tick: __karafka_private::Probe::<#name>::TICK,
                revoked: __karafka_private::Probe::<#name>::REVOKED,
                shutdown: __karafka_private::Probe::<#name>::SHUTDOWN,
                states: &[#(__karafka_private::StateWanted::of::<<#states as __karafka_private::StateField>::Value>()),*],
            };

            fn create(__karafka_states: &__karafka_private::States) -> Self {
                #one_handler
                #creation
            }
        },
    )
}

/// After errors: a consumer that nobody can make, so that bounds on it hold.
pub(crate) fn fallback(model: &Model) -> TokenStream {
    implementation(
        model,
        &quote! {
            const HOOKS: __karafka_private::Hooks<Self> = __karafka_private::Hooks::NONE;

            fn create(_: &__karafka_private::States) -> Self {
                ::core::unreachable!()
            }
        },
    )
}

fn implementation(model: &Model, items: &TokenStream) -> TokenStream {
    let Model { runtime, name, payload, codec, .. } = model;
    let mut generics = model.generics.clone();
    if !generics.params.is_empty() {
        generics.make_where_clause().predicates.push(syn::parse_quote!(Self: ::core::marker::Send + 'static));
    }
    let (parameters, arguments, bounds) = generics.split_for_impl();
    quote! {
        const _: () = {
            use #runtime::__private as __karafka_private;
            #[allow(unused_imports)]
            use #runtime::__private::HookFallback as _;
            impl #parameters __karafka_private::Consumer for #name #arguments #bounds {
                type Payload = #payload;
                type Codec = #codec;
                #items
            }
        };
    }
}

/// Evaluated when the function is checked, and no use of the type: exactly one handler trait is implemented.
fn one_handler(name: &Ident) -> TokenStream {
    let text = name.to_string();
    let (none, several) = (wording::no_handler(&text), wording::several_handlers(&text));
    quote_spanned! {hygiene::at(name.span())=>
        let _: [(); {
            match __karafka_private::Vtable::of::<#name>().handler {
                __karafka_private::Handler::Missing => ::core::panic!(#none),
                __karafka_private::Handler::Several => ::core::panic!(#several),
                _ => {}
            }
            0
        }] = [];
    }
}

fn creation(creation: &Creation) -> TokenStream {
    match creation {
        Creation::Unit => quote!(Self),
        Creation::Call { path, states } => {
            let states = states.iter().map(state);
            quote!(#path(#(#states),*))
        }
        Creation::Named(fields) => {
            let fields = fields.iter().map(|(name, begin)| {
                let begin = value(begin);
                quote!(#name: #begin)
            });
            quote!(Self { #(#fields),* })
        }
        Creation::Unnamed(fields) => {
            let fields = fields.iter().enumerate().map(|(index, begin)| {
                let (index, begin) = (syn::Index::from(index), value(begin));
                quote!(#index: #begin)
            });
            quote!(Self { #(#fields),* })
        }
    }
}

fn value(value: &Value) -> TokenStream {
    match value {
        // Points at the field's type: that is what has no default.
        Value::Default { kind, span } => {
            quote_spanned!(hygiene::at(*span)=> <#kind as ::core::default::Default>::default())
        }
        Value::Expression(expression) => expression.clone(),
        Value::State(kind) => state(kind),
    }
}

fn state(kind: &TokenStream) -> TokenStream {
    let states = format_ident!("__karafka_states");
    quote!(<#kind as __karafka_private::StateField>::load(#states))
}
