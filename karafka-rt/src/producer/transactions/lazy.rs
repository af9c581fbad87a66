//! Transactional producers that start with the first transaction: most programs have none. Or when a partition's offsets are held by
//! an open transaction, which may be one of this node's predecessor: only a producer with its identity ends it before its time-out.

use std::sync::{Arc, OnceLock};

use super::pool::TransactionalProducers;
use super::settings::TransactionSettings;
use crate::consumer::{OpenTransaction, TransactionError, TransactionPort};

/// The transactional producers of one consumer group.
pub(crate) struct LazyTransactions {
    settings: TransactionSettings,
    started: OnceLock<Arc<TransactionalProducers>>,
    /// Why there can be none.
    unsupported: Option<&'static str>,
}

impl LazyTransactions {
    pub(crate) fn new(settings: TransactionSettings, unsupported: Option<&'static str>) -> Arc<Self> {
        Arc::new(Self { settings, started: OnceLock::new(), unsupported })
    }

    fn start(&self) -> &TransactionalProducers {
        self.started.get_or_init(|| TransactionalProducers::start(self.settings.clone()))
    }

    /// See [`TransactionalProducers::broken`].
    pub(crate) fn broken(&self) -> Option<String> {
        self.started.get().and_then(|started| started.broken())
    }

    /// See [`TransactionalProducers::tend`].
    pub(crate) fn tend(&self) {
        if let Some(started) = self.started.get() {
            started.tend();
        }
    }

    /// See [`TransactionalProducers::close`].
    pub(crate) fn close(&self) {
        if let Some(started) = self.started.get() {
            started.close();
        }
    }
}

impl TransactionPort for LazyTransactions {
    fn begin(&self) -> Result<Box<dyn OpenTransaction>, TransactionError> {
        if let Some(why) = self.unsupported {
            return Err(TransactionError::Unsupported(why.to_owned()));
        }
        self.start().begin()
    }

    fn claim(&self) {
        if self.unsupported.is_none() {
            self.start();
        }
    }
}
