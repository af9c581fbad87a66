//! The policies of one route as a constant: what was set, on top of the runtime's defaults.

use std::time::Duration;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::super::model::{
    DeadLetterQueue, InitialOffset, LaneKey, Parallel, Pause, Periodic, Periodicity, Policies, Target,
};

/// Lanes of an async handler whose `parallel` names no number.
const DEFAULT_LANES: u64 = 64;

pub(super) fn policies(policies: &Policies) -> TokenStream {
    let fields: Vec<TokenStream> = [
        policies.manual_offsets.then(|| quote!(offsets: __karafka_topology::Offsets::Manual)),
        policies.exactly_once.then(|| quote!(transaction: __karafka_topology::Transaction::ExactlyOnce)),
        batching(policies),
        policies.initial_offset.map(initial_offset),
        policies.pause.as_ref().map(backoff),
        policies.dead_letter_queue.as_ref().map(dead_letter),
        match &policies.periodic {
            Periodicity::Every(periodic) => Some(ticks(periodic)),
            Periodicity::Never | Periodicity::Unsaid => None,
        },
        policies.handler_timeout.map(|time| {
            let time = duration(time);
            quote!(handler_timeout: #time)
        }),
        policies.parallel.as_ref().map(lanes),
        policies.priority.map(priority),
    ]
    .into_iter()
    .flatten()
    .collect();
    if fields.is_empty() {
        return quote!(__karafka_topology::Policies::DEFAULT);
    }
    quote!(__karafka_topology::Policies { #(#fields,)* ..__karafka_topology::Policies::DEFAULT })
}

/// Durations are resolved to milliseconds: a literal with a unit is never emitted.
pub(super) fn duration(duration: Duration) -> TokenStream {
    let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let millis = Literal::u64_unsuffixed(millis);
    quote!(::core::time::Duration::from_millis(#millis))
}

fn batching(policies: &Policies) -> Option<TokenStream> {
    let max_messages = policies.max_messages.map(|count| {
        let count = Literal::u64_unsuffixed(count);
        quote!(max_messages: #count)
    });
    let max_wait_time = policies.max_wait_time.map(|time| {
        let time = duration(time);
        quote!(max_wait_time: #time)
    });
    match (max_messages, max_wait_time) {
        (None, None) => None,
        (Some(count), Some(time)) => Some(quote!(batching: __karafka_topology::Batching { #count, #time })),
        (count, time) => Some(quote! {
            batching: __karafka_topology::Batching { #count #time, ..__karafka_topology::Policies::DEFAULT.batching }
        }),
    }
}

fn initial_offset(offset: InitialOffset) -> TokenStream {
    let offset = match offset {
        InitialOffset::Earliest => quote!(Earliest),
        InitialOffset::Latest => quote!(Latest),
        InitialOffset::Ago(time) => {
            let time = duration(time);
            quote!(Ago(#time))
        }
    };
    quote!(initial_offset: __karafka_topology::InitialOffset::#offset)
}

fn backoff(pause: &Pause) -> TokenStream {
    let (timeout, max_timeout, exponential) = (duration(pause.timeout), duration(pause.max_timeout), pause.exponential);
    quote! {
        backoff: __karafka_topology::Backoff { timeout: #timeout, max_timeout: #max_timeout, exponential: #exponential }
    }
}

fn dead_letter(queue: &DeadLetterQueue) -> TokenStream {
    let target = match &queue.target {
        Target::Name(name) => quote!(Topic(#name)),
        Target::Type(path) => {
            let path = &path.tokens;
            quote!(Topic(<#path as __karafka_private::Topic>::NAME))
        }
        Target::External(name) => quote!(External(#name)),
        Target::Skip => quote!(Skip),
    };
    let max_retries = Literal::u64_unsuffixed(queue.max_retries);
    let counting = if queue.independent { quote!(Independent) } else { quote!(Collective) };
    let oversized = if queue.oversized == "stub" { quote!(Stub) } else { quote!(Wait) };
    let isolate = queue.isolate;
    quote! {
        dead_letter: ::core::option::Option::Some(__karafka_topology::DeadLetter {
            target: __karafka_topology::DeadLetterTarget::#target,
            max_retries: #max_retries,
            counting: __karafka_topology::Counting::#counting,
            isolate: #isolate,
            oversized: __karafka_topology::Oversized::#oversized,
        })
    }
}

fn ticks(periodic: &Periodic) -> TokenStream {
    let Periodic { interval, during_pause, during_retry, .. } = periodic;
    let interval = duration(*interval);
    quote! {
        periodic: ::core::option::Option::Some(__karafka_topology::Periodic {
            interval: #interval,
            during_pause: #during_pause,
            during_retry: #during_retry,
        })
    }
}

fn lanes(parallel: &Parallel) -> TokenStream {
    let by = match &parallel.by {
        LaneKey::Key => quote!(Key),
        LaneKey::Any => quote!(Any),
        LaneKey::Function(_) => quote!(Custom),
    };
    let lanes = Literal::u64_unsuffixed(parallel.lanes.unwrap_or(DEFAULT_LANES));
    quote! {
        lanes: ::core::option::Option::Some(__karafka_topology::Lanes { by: __karafka_topology::LaneKey::#by, lanes: #lanes })
    }
}

fn priority(word: &str) -> TokenStream {
    let priority = match word {
        "high" => quote!(High),
        "low" => quote!(Low),
        _ => quote!(Normal),
    };
    quote!(priority: __karafka_topology::Priority::#priority)
}
