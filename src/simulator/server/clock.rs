//! The only place of the simulator that reads the machine's clock.

use jiff::Timestamp;

/// What time the machine has. A world adds its own offset.
#[expect(clippy::disallowed_methods, reason = "a server has its own clock, which steering moves")]
pub(super) fn machine_time() -> Timestamp {
    Timestamp::now()
}
