//! Everything that a program with routes and consumers names: `use karafka_rt::prelude::*;`

pub use std::process::ExitCode;

pub use karafka_macros::{Consumer, routes};
pub use tracing::{debug, error, info, warn};

pub use crate::App;
pub use crate::consumer::{
    Consume, ConsumeEach, Consumer, Context, Key, OffsetMetadataError, ProduceError, Producer, Record, Revoked, SeekTo,
    Shutdown, State, Tick, Transaction, TransactionError,
};
pub use crate::message::{
    Batch, Codec, CodecError, Encode, ErrorKind, HandlerError, Headers, Json, Message, OwnedMessage, Position, Raw,
    RecordView, Result, Utf8,
};
