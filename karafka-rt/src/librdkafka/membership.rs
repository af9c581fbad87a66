//! Whether a client is a member of its group.

use std::ptr::NonNull;

use rdkafka_sys as sys;

use super::consumer::ConsumerClient;

impl ConsumerClient {
    /// Whether the group has this client as a member: its generation (classic protocol) or member epoch (KIP-848) is above 0, also
    /// when it has no partition. A question to a thread of this process (`rd_kafka_consumer_group_metadata`), not to a broker.
    pub(crate) fn is_member(&self) -> bool {
        // SAFETY: a live client; null when it is in no group.
        let Some(metadata) = NonNull::new(unsafe { sys::rd_kafka_consumer_group_metadata(self.rk()) }) else {
            return false;
        };
        // SAFETY: a live object that is ours.
        let generation = unsafe { sys::rd_kafka_consumer_group_metadata_generation_id(metadata.as_ptr()) };
        // SAFETY: it is ours and not used afterwards.
        unsafe { sys::rd_kafka_consumer_group_metadata_destroy(metadata.as_ptr()) };
        generation > 0
    }
}
