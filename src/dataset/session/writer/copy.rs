//! Copies the dataset, also when its file is lost.

use std::path::PathBuf;

use super::Writer;
use crate::dataset::session::messages::{Copied, Reply};
use crate::dataset::session::rescue;
use crate::store::Revision;

impl Writer {
    /// Copies the dataset with all changes. If it does not take them itself, the copy does from now
    /// on.
    pub(super) fn copy(&mut self, to: PathBuf) {
        if self.rescue.is_none() && !self.is_lost {
            self.save_waiting();
        }
        if self.is_in_place() && self.waiting.is_empty() {
            self.copy_in_background(to);
            return;
        }
        let now_ms = (self.now_ms)();
        let about = (&self.schema, &*self.annotator, now_ms);
        let source = match &self.rescue {
            Some(copy) => &*copy.store,
            None => &*self.store,
        };
        let rescued = rescue::copy(source, &self.opened, about, &to).and_then(|mut rescue| {
            if rescue.only.is_none() {
                let copy = &mut *rescue.store;
                rescue::commit_all(copy, &self.annotator, now_ms, &self.waiting)?;
            }
            Ok(rescue)
        });
        match rescued {
            Ok(rescue) => {
                for save in self.waiting.drain(..) {
                    self.replies.send(Reply::Saved {
                        key: save.key,
                        revision: Revision(save.expected.0 + 1),
                    });
                }
                self.retry_at = None;
                self.replies.send(Reply::Copied(Copied {
                    to,
                    takes_over: true,
                    only: rescue.only,
                }));
                self.rescue = Some(rescue);
            }
            Err(error) => self.replies.send(Reply::NotCopied {
                to,
                why: format!("{error:#}"),
            }),
        }
    }

    /// Copies the dataset on another thread, since a large one takes long, and changes are saved
    /// meanwhile.
    pub(super) fn copy_in_background(&mut self, to: PathBuf) {
        let replies = self.replies.clone();
        let failed = |to, error: &dyn std::fmt::Display| Reply::NotCopied {
            to,
            why: error.to_string(),
        };
        let reader = match self.store.reader() {
            Ok(reader) => reader,
            Err(error) => return self.replies.send(failed(to, &error)),
        };
        let target = to.clone();
        let thread = std::thread::Builder::new()
            .name("copydesk-copy".to_owned())
            .spawn(move || match reader.copy_to(&to) {
                Ok(()) => replies.send(Reply::Copied(Copied {
                    to,
                    takes_over: false,
                    only: None,
                })),
                Err(error) => replies.send(failed(to, &error)),
            });
        match thread {
            Ok(thread) => self.threads.push(thread),
            Err(error) => self.replies.send(failed(target, &error)),
        }
    }
}
