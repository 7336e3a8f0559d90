//! Whether the system can open a file dialog.

/// Returns true if the system can open a file dialog. It may take seconds: call it on a thread.
#[must_use]
pub fn are_available() -> bool {
    #[cfg(all(unix, not(target_os = "macos")))]
    {
        // The dialogs are tried in this order.
        super::portal::has_file_chooser() || super::programs::is_there("zenity")
    }
    #[cfg(not(all(unix, not(target_os = "macos"))))]
    true
}
