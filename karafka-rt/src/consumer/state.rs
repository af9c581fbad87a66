//! Values loaded once, before the fork, and shared by all nodes.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::ops::Deref;

/// A reference to a value that `App::state` loaded. Read it like a `&T`.
///
/// Pages that nobody writes stay shared between all nodes; writing into a state (through a lock or an atomic) copies the
/// page into the node that wrote, and other nodes do not see it.
pub struct State<T: 'static>(&'static T);

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for State<T> {}

impl<T> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0
    }
}

impl<T> std::fmt::Debug for State<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "State<{}>", std::any::type_name::<T>())
    }
}

/// The type of a field with `#[state]`. Implemented by [`State`] alone.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a field with `#[state]` is a `State<T>`, found `{Self}`",
    label = "write `State<{Self}>`"
)]
pub trait StateField {
    /// What `App::state` loads.
    type Value: Send + Sync + 'static;

    /// The loaded state.
    fn load(states: &States) -> Self;
}

impl<T: Send + Sync + 'static> StateField for State<T> {
    type Value = T;

    fn load(states: &States) -> Self {
        states.get()
    }
}

/// Every loaded state, by type.
#[derive(Default)]
pub struct States(HashMap<TypeId, &'static (dyn Any + Send + Sync)>);

impl States {
    /// Keeps a state for the life of the process.
    pub(crate) fn insert<T: Send + Sync + 'static>(&mut self, value: T) {
        self.0.insert(TypeId::of::<T>(), Box::leak(Box::new(value)));
    }

    /// Whether a state of this type was loaded.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn has(&self, id: TypeId) -> bool {
        self.0.contains_key(&id)
    }

    /// The state of this type; the boot check made sure that it is there.
    pub fn get<T: Send + Sync + 'static>(&self) -> State<T> {
        let value = self.0.get(&TypeId::of::<T>()).expect("boot checks every wanted state");
        State(value.downcast_ref().expect("states are kept under their own type"))
    }
}
