//! What a person sees when raccord itself is wrong.

use std::backtrace::Backtrace;
use std::panic::PanicHookInfo;

use crate::cli::output;
use crate::language::tr;

/// Tells that it is a bug of ours and how to report it. A backtrace only where `RUST_BACKTRACE` asks for one.
pub(crate) fn install() {
    std::panic::set_hook(Box::new(|info| output::say(&text(info))));
}

fn text(info: &PanicHookInfo<'_>) -> String {
    let what = info
        .payload()
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| info.payload().downcast_ref::<String>().map(String::as_str))
        .map_or_else(|| tr!("no message"), str::to_owned);
    let place =
        info.location().map(|location| format!(" ({}:{})", location.file(), location.line()));
    let mut text = tr!(
        "error: this is a bug of raccord {version}: {what}{place}\n  help: report it with the command that you ran; what was done so far is in the ledger\n",
        version = env!("CARGO_PKG_VERSION"),
        what,
        place = place.unwrap_or_default()
    );
    // Captured only when `RUST_BACKTRACE` or `RUST_LIB_BACKTRACE` is set.
    let backtrace = Backtrace::capture();
    if backtrace.status() == std::backtrace::BacktraceStatus::Captured {
        text.push_str(&backtrace.to_string());
        text.push('\n');
    }
    text
}
