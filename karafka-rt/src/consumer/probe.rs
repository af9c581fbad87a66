//! Finds out which optional traits a concrete type implements, without specialization.
//!
//! `Probe::<T>::TICK` is the inherent constant where `T: Tick`, and the one of [`HookFallback`] otherwise, because
//! inherent items win. In generic code it would always be the fallback: the derive uses it where the type is concrete.

use core::marker::PhantomData;

use super::instance::{BatchFn, EachFn, HookFn};
use super::traits::{Consume, ConsumeEach, Consumer, Revoked, Shutdown, Tick};

/// See the module's documentation.
pub struct Probe<T>(PhantomData<T>);

impl<T: Consume> Probe<T> {
    /// The batch handler.
    pub const BATCH: Option<BatchFn<T>> = Some(T::consume);
}

impl<T: ConsumeEach> Probe<T> {
    /// The handler of single records.
    pub const EACH: Option<EachFn<T>> = Some(T::consume_each);
}

impl<T: Tick> Probe<T> {
    /// The periodic hook.
    pub const TICK: Option<HookFn<T>> = Some(T::tick);
}

impl<T: Revoked> Probe<T> {
    /// The revocation hook.
    pub const REVOKED: Option<HookFn<T>> = Some(T::revoked);
}

impl<T: Shutdown> Probe<T> {
    /// The shutdown hook.
    pub const SHUTDOWN: Option<HookFn<T>> = Some(T::shutdown);
}

/// What a type has that implements none of them.
pub trait HookFallback<T: Consumer> {
    /// No batch handler.
    const BATCH: Option<BatchFn<T>> = None;
    /// No handler of single records.
    const EACH: Option<EachFn<T>> = None;
    /// No periodic hook.
    const TICK: Option<HookFn<T>> = None;
    /// No revocation hook.
    const REVOKED: Option<HookFn<T>> = None;
    /// No shutdown hook.
    const SHUTDOWN: Option<HookFn<T>> = None;
}

impl<T: Consumer> HookFallback<T> for Probe<T> {}
