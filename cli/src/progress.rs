//! A bar for long work. In: bytes done. Out: a bar on standard error, only where that is a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// Input below this many bytes is done before a bar could be read.
const LONG: u64 = 2 << 20;

/// A bar for `total` bytes; hidden for short or unknown work and where standard error is no terminal.
pub fn bar(total: Option<u64>) -> ProgressBar {
    match total {
        Some(total) if total >= LONG && std::io::stderr().is_terminal() => {
            let style = ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}");
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(8));
            style.map_or(bar.clone(), |style| bar.with_style(style))
        }
        _ => ProgressBar::hidden(),
    }
}
