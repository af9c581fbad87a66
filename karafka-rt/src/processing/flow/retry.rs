//! When to try again.

use std::time::Duration;

use crate::topology::Backoff;

/// The wait after the n-th failure in a row (from 1): `min(max_timeout, timeout × 2^(n-1))` when exponential, else
/// `timeout`; scaled by `jitter`, which the caller draws from 0.9 to 1.1.
pub(crate) fn backoff(policy: Backoff, failures: u32, jitter: f64) -> Duration {
    let base = if policy.exponential {
        let factor = 2_u32.saturating_pow(failures.saturating_sub(1).min(31));
        policy.timeout.saturating_mul(factor).min(policy.max_timeout)
    } else {
        policy.timeout.min(policy.max_timeout)
    };
    base.mul_f64(jitter.clamp(0.9, 1.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_its_bound() {
        let policy = |exponential| Backoff {
            timeout: Duration::from_secs(1),
            max_timeout: Duration::from_secs(30),
            exponential,
        };
        for (exponential, failures, jitter, millis) in [
            (true, 1, 1.0, 1_000),
            (true, 2, 1.0, 2_000),
            (true, 5, 1.0, 16_000),
            (true, 6, 1.0, 30_000),
            (true, u32::MAX, 1.0, 30_000),
            (true, 0, 1.0, 1_000),
            (false, 9, 1.0, 1_000),
            (true, 1, 1.1, 1_100),
            (true, 1, 7.0, 1_100),
            (true, 1, 0.0, 900),
        ] {
            let wait = backoff(policy(exponential), failures, jitter);
            assert_eq!(wait.as_millis(), millis, "{exponential} {failures} {jitter}");
        }
    }
}
