//! [`Model`] to code: a module with data and unit types, and beside it the implementations that need the user's types.
//!
//! No user token stands inside the module, so scopes and privacy stay the user's: a private payload is legal under a
//! public topic type, and everything works in functions and doctests.

mod assertions;
mod data;
mod module;
mod policies;
mod topics;

pub(super) use module::module;

use proc_macro2::TokenStream;
use quote::quote;

use super::model::Model;

/// The whole expansion of a block without errors.
pub(crate) fn expand(model: &Model) -> TokenStream {
    let module = module(model);
    let (runtime, name) = (&model.runtime, &model.module);
    let topology = data::topology(model);
    let consumers = data::consumers(model);
    let topics = topics::implementations(model);
    let assertions = assertions::assertions(model);
    quote! {
        #module
        const _: () = {
            use #runtime::__private as __karafka_private;
            use #runtime::__private::topology as __karafka_topology;
            impl __karafka_private::Block for #name::__Block {
                const TOPOLOGY: __karafka_topology::Topology = #topology;
                const ROUTES: __karafka_private::Routes =
                    __karafka_private::Routes { topology: #name::TOPOLOGY, consumers: &[#(#consumers),*] };
            }
            #topics
            #assertions
        };
    }
}
