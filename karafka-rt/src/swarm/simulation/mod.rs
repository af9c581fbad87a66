//! A simulated kernel for the pure core: virtual time, made-up processes, seeded chance. For tests, and for the long run
//! `cargo xtask soak fleet`.
//!
//! `world` carries out the fleet's effects and checks after every step what must always hold; `schedule` decides what happens.

mod schedule;
mod world;

#[cfg(feature = "testing")]
pub use schedule::Figures;
#[cfg(feature = "testing")]
pub(crate) use schedule::run;
#[cfg(test)]
pub(crate) use world::World;
