//! Who works here, and from whose labels.

use crate::app::state::{Effect, State};
use crate::dataset::WorkMode;
use crate::dataset::session::WriterRequest;

impl State {
    /// Somebody has said who works here. Another name opens the dataset anew: it is another
    /// annotator's work.
    pub(super) fn name(&mut self, name: String) {
        self.dialog = None;
        self.asks_name = false;
        self.effects.push(Effect::FocusArticle);
        self.change_settings(|settings, _| {
            settings.annotator = name;
            settings.name_asked = true;
        });
    }

    /// Annotators of this dataset start from something else from now on. What they have begun stays
    /// as it is.
    pub(super) fn change_mode(&mut self, mode: WorkMode) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        let name = crate::dataset::config::work_mode::SETTING.to_owned();
        dataset
            .session
            .send(WriterRequest::SetSetting(name, mode.to_setting()));
        dataset.session.send(WriterRequest::SetMode(mode.clone()));
        dataset.mode = mode;
        if let Some(article) = &self.article {
            let key = article.key;
            self.open_article(key);
        }
    }
}
