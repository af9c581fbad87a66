//! The topology together with the consumers that run it.

use super::instance::Vtable;
use crate::topology::Topology;

/// What `routes!` generates as `ROUTES`: const data and consumer factories.
#[derive(Clone, Copy)]
pub struct Routes {
    /// The block's topology.
    pub topology: &'static Topology,
    /// Consumer types; a route holds its index here.
    #[doc(hidden)]
    pub consumers: &'static [Vtable],
}

impl std::fmt::Debug for Routes {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.topology.fmt(formatter)
    }
}
