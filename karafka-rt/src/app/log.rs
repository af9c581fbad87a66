//! The log of this process, set up from its configuration.

use crate::config::{Config, LogFormat};
use crate::os::BoundedStderr;
use crate::telemetry::{Format, LogOutput};

/// Sends `tracing` events to the standard error output, unless the program has its own subscriber.
pub(super) fn start(config: &Config) -> Result<LogOutput, String> {
    let format = match config.telemetry.log_format {
        LogFormat::Human => Format::Human,
        LogFormat::Json => Format::Json,
    };
    let mut stderr = BoundedStderr::open();
    let log = LogOutput::new(format, Box::new(move |bytes, wait| stderr.write_within(bytes, wait)));
    log.install(format, &config.telemetry.log).map_err(|error| format!("`telemetry.log`: {error}"))?;
    Ok(log)
}
