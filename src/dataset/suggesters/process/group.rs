//! A program with all processes that it starts.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A program with all processes that it starts.
pub(super) struct Group {
    pub(super) child: Child,
    guard: Option<Child>,
    is_ended: bool,
}

impl Group {
    pub(super) fn start(mut command: Command) -> std::io::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        #[cfg(unix)]
        let mut guard = guard::start()?;
        let child = match command.spawn() {
            Ok(child) => child,
            Err(error) => {
                #[cfg(unix)]
                guard::dismiss(&mut guard);
                return Err(error);
            }
        };
        #[cfg(unix)]
        guard::watch(&mut guard, child.id());
        Ok(Self {
            child,
            #[cfg(unix)]
            guard: Some(guard),
            #[cfg(not(unix))]
            guard: None,
            is_ended: false,
        })
    }

    /// Kills all of them: a pipeline, or a script with what it runs.
    pub(super) fn end(&mut self) {
        if std::mem::replace(&mut self.is_ended, true) {
            return; // its number may be another's by now
        }
        // The guard first: its kill must not come after the number is free.
        #[cfg(unix)]
        if let Some(mut guard) = self.guard.take() {
            guard::dismiss(&mut guard);
        }
        // Any of them may have ended by itself. The first one's number stays taken until it is
        // waited for.
        #[cfg(unix)]
        {
            use rustix::process::{Pid, Signal, kill_process_group};
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        }
        #[cfg(windows)]
        {
            let id = self.child.id().to_string();
            let mut kill = Command::new("taskkill");
            kill.args(["/T", "/F", "/PID", &id]);
            let _ = kill.stdout(Stdio::null()).stderr(Stdio::null()).status();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Ends all of them, and says how the first one ended if it did so by itself within this time.
    pub(super) fn end_in_words(&mut self, within: Duration) -> String {
        if self.is_ended {
            return String::new();
        }
        let has_ended = self.wait_without_reaping(within);
        self.end();
        if !has_ended {
            return String::new();
        }
        // The status of a process that was waited for stays known.
        match self.child.try_wait() {
            Ok(Some(status)) => format!(" ({status})"),
            _ => String::new(),
        }
    }

    /// Waits until the first process has ended, and leaves its number taken.
    #[cfg(unix)]
    fn wait_without_reaping(&self, within: Duration) -> bool {
        use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

        let until = std::time::Instant::now() + within;
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        loop {
            let id = WaitId::Pid(Pid::from_child(&self.child));
            match waitid(id, options) {
                Ok(Some(_)) => return true,
                Ok(None) if std::time::Instant::now() < until => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                _ => return false,
            }
        }
    }

    #[cfg(not(unix))]
    fn wait_without_reaping(&mut self, _within: Duration) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.end();
    }
}

/// A process that kills the group once Copydesk is gone, however that came about.
///
/// It reads from a pipe whose other end only Copydesk holds, so that it notices even a kill.
#[cfg(unix)]
mod guard {
    use super::{Child, Command, Stdio};
    use std::io::Write as _;
    use std::os::unix::process::CommandExt as _;

    const SCRIPT: &str = "read group || exit 0; while read line; do :; done; kill -s KILL -- \"-$group\" 2>/dev/null";

    pub(super) fn start() -> std::io::Result<Child> {
        let mut shell = Command::new("sh");
        shell.args(["-c", SCRIPT]).process_group(0);
        shell.stdin(Stdio::piped());
        shell.stdout(Stdio::null()).stderr(Stdio::null()).spawn()
    }

    /// Tells the guard which group it guards.
    pub(super) fn watch(guard: &mut Child, group: u32) {
        if let Some(input) = &mut guard.stdin {
            // Without a guard the program runs all the same.
            let _no_guard = writeln!(input, "{group}");
        }
    }

    /// Ends the guard before its pipe closes.
    pub(super) fn dismiss(guard: &mut Child) {
        let _gone = guard.kill();
        let _gone = guard.wait();
    }
}
