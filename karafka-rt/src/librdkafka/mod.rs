//! The parts of librdkafka that rdkafka does not wrap, as safe values. No policy.
//!
//! Facts about librdkafka are cited by function name; they hold for librdkafka 2.12.
#![allow(unsafe_code, reason = "the border to librdkafka; every other module is safe code")]

mod message;

pub(crate) use message::NativeMessage;
