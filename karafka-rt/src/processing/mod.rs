//! From "records arrived" to "a plan exists". No rdkafka here.

pub(crate) mod flow;
