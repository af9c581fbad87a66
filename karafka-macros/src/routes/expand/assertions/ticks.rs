//! `periodic` and `Tick` belong together, in both directions.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::super::super::model::{Model, Periodicity, Written};
use super::{assertion, routes};
use crate::diagnostics::wording;

/// What the block says about one consumer type, as it is written.
struct Consumer<'m> {
    written: &'m Written,
    /// A topic is periodic, or one says `periodic false;`.
    settled: bool,
}

pub(super) fn assertions(model: &Model) -> TokenStream {
    let mut tokens = TokenStream::new();
    let mut consumers: Vec<Consumer<'_>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for route in routes(model) {
        let consumer = &route.consumer.tokens;
        if matches!(route.policies.periodic, Periodicity::Every(_)) {
            tokens.extend(quote!(const _: () = __karafka_private::ticks::<#consumer>();));
        }
        let at = *known.entry(&route.consumer.text).or_insert_with(|| {
            consumers.push(Consumer { written: &route.consumer, settled: false });
            consumers.len() - 1
        });
        consumers[at].settled |= !matches!(route.policies.periodic, Periodicity::Unsaid);
    }
    let share = share(&model.application);
    for (index, consumer) in consumers.iter().enumerate() {
        tokens.extend(if consumer.settled { settle(index, share, consumer) } else { settled_elsewhere(consumer) });
    }
    tokens
}

/// As many as the runtime's `SHARES`.
const SHARES: u8 = 8;

/// The share of a block: any function of its name that spreads.
fn share(application: &str) -> u8 {
    application.bytes().fold(7_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte)) % SHARES
}

/// Tells other blocks of the program that this consumer's ticks are settled here.
fn settle(index: usize, share: u8, consumer: &Consumer<'_>) -> TokenStream {
    let (place, consumer) = (format_ident!("__KarafkaSettled{index}"), &consumer.written.tokens);
    quote! {
        #[allow(unreachable_pub, missing_debug_implementations)]
        pub struct #place;
        impl __karafka_private::TicksSettled<#share, #place> for #consumer {}
    }
}

/// A consumer that ticks is periodic in some block that the compiler sees together with this one.
fn settled_elsewhere(consumer: &Consumer<'_>) -> TokenStream {
    let Written { tokens, text, place } = consumer.written;
    let shares = 0..SHARES;
    let condition = quote! {
        !<#tokens as __karafka_private::Consumer>::VTABLE.tick || {
            #[allow(unused_imports)]
            use __karafka_private::{Settled as _, Unsettled as _};
            #(__karafka_private::verdict(&|| (&__karafka_private::Ticks::<#tokens, #shares>::OF).verdict()))||*
        }
    };
    assertion(*place, &condition, &wording::never_periodic(text))
}

#[cfg(test)]
mod tests {
    use super::{SHARES, share};

    #[test]
    fn names_spread_over_all_shares() {
        let mut counts = [0_u32; SHARES as usize];
        for name in ["shop", "orders", "archive", "billing", "mail", "stock", "audit", "search", "report", "billing2"] {
            counts[usize::from(share(name))] += 1;
        }
        assert!(counts.iter().all(|count| *count < 4), "{counts:?}");
    }
}
