//! The generated module: two constants and one unit type per topic.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::model::Model;

/// `pub mod shop { .. }`.
pub(crate) fn module(model: &Model) -> TokenStream {
    let Model { runtime, visibility, module, application, .. } = model;
    let docs = or(&model.docs, || format!("The routes of `{application}`."));
    let topics = model.topics.iter().map(|topic| {
        let docs = or(&topic.docs, || format!("The topic `{}`.", topic.name.text()));
        let name = &topic.type_name;
        quote! {
            #[doc = #docs]
            pub struct #name;
        }
    });
    let patterns = model.patterns.iter().map(|pattern| {
        let docs = or(&pattern.docs, || format!("Topics called `{}`.", pattern.glob));
        let name = &pattern.type_name;
        quote! {
            #[doc = #docs]
            pub struct #name;
        }
    });
    quote! {
        #[doc = #docs]
        #[allow(dead_code, unreachable_pub, non_camel_case_types, missing_debug_implementations)]
        #visibility mod #module {
            #[doc(hidden)]
            pub enum __Block {}
            /// What the block declares, as data.
            pub const TOPOLOGY: &#runtime::__private::topology::Topology =
                &<__Block as #runtime::__private::Block>::TOPOLOGY;
            /// What the block declares, with the consumers that run it.
            pub const ROUTES: #runtime::__private::Routes = <__Block as #runtime::__private::Block>::ROUTES;
            #(#topics)*
            #(#patterns)*
        }
    }
}

fn or(docs: &str, otherwise: impl FnOnce() -> String) -> String {
    if docs.is_empty() { otherwise() } else { docs.to_owned() }
}
