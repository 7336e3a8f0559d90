//! Starts jobs, and writes for them.

use anyhow::bail;

use super::Writer;
use crate::dataset::session::channels::{Job, Write};
use crate::dataset::session::jobs;
use crate::store::Store;

impl Writer {
    pub(super) fn start_job(&mut self, job: Job) {
        self.save_waiting();
        let reader = match self.reader_for_job() {
            Ok(reader) => reader,
            Err(error) => return job(Err(error)),
        };
        // One that does not start says that it has ended, too.
        self.jobs += 1;
        match jobs::start(job, reader, self.sender.clone()) {
            Ok(thread) => self.threads.push(thread),
            Err(error) => self.replies.failure("Could not start", &error),
        }
    }

    pub(super) fn start_companion(&self, job: Job) {
        let reader = match self.reader_for_job() {
            Ok(reader) => reader,
            Err(error) => return job(Err(error)),
        };
        if let Err(error) = jobs::start_companion(job, reader, self.sender.clone()) {
            self.replies.failure("Could not start", &error);
        }
    }

    fn reader_for_job(&self) -> anyhow::Result<Box<dyn Store>> {
        match &self.rescue {
            Some(copy) if copy.only.is_some() => {
                bail!("the dataset of this window is gone\nhint: open the copy first")
            }
            Some(copy) => Ok(copy.store.reader()?),
            None => Ok(self.store.reader()?),
        }
    }

    pub(super) fn write_for_job(&mut self, write: Write) {
        if self.retry_at.is_none() {
            self.save_waiting();
        }
        match &mut self.rescue {
            // The copy numbers its articles otherwise.
            Some(copy) if copy.only.is_some() => return,
            Some(copy) => write(&mut *copy.store),
            None => write(&mut *self.store),
        }
        // What was written is reported as what other programs write is.
        self.version = None;
    }
}
