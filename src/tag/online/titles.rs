//! Whether the annotators of a dataset tag titles before names.

use super::OnlineTagger;
use crate::tag::name_edges::{follows_title, has_title};
use crate::tag::titles::Titles;

impl OnlineTagger {
    /// Whether annotators tag titles: more of the confirmed names of persons begin with a title
    /// than follow one.
    pub(super) fn tags_titles(&self) -> bool {
        let Some(titles) = Titles::of(&self.start.language) else {
            return false;
        };
        let (mut inside, mut outside) = (0, 0);
        for article in &self.articles {
            let persons = article
                .names
                .iter()
                .filter(|name| self.roles.persons.get(name.kind) == Some(&true));
            for name in persons {
                let own = article.text.get(name.bytes.clone()).unwrap_or_default();
                let before = article.text.get(..name.bytes.start).unwrap_or_default();
                inside += usize::from(has_title(titles, own));
                outside += usize::from(follows_title(titles, before));
            }
        }
        inside > outside
    }
}
