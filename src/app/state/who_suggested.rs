//! Who suggested a span, and which commands have not been allowed.

use super::State;
use crate::dataset::suggesters::SuggesterConfig;
use crate::model::Provenance;

impl State {
    /// The suggesters of the open dataset whose commands have not been allowed on this machine.
    #[must_use]
    pub fn commands_to_allow(&self) -> Vec<&SuggesterConfig> {
        let Some(dataset) = &self.dataset else {
            return Vec::new();
        };
        let suggesters = &dataset.suggesters;
        let all = suggesters.settings.suggesters.iter();
        all.filter(|one| !suggesters.allowed.allows(&dataset.path, &one.command))
            .collect()
    }

    /// Who suggested a span, such as `suggested by spaCy en 3.8, 83 % sure`; `None` for what a person
    /// did.
    #[must_use]
    pub fn suggested_by(&self, provenance: Provenance) -> Option<String> {
        let score = provenance.score()?;
        let percent = u32::from(score.ten_thousandths()) / 100;
        let who = match provenance {
            Provenance::Suggester(id, _) => {
                let known = self.dataset.as_ref();
                let known = known.and_then(|dataset| dataset.suggesters.known.get(id));
                known.map_or_else(|| "another program".to_owned(), |model| model.in_words())
            }
            Provenance::Projected(_) => "a near-duplicate".to_owned(),
            _ => "Copydesk".to_owned(),
        };
        Some(format!("suggested by {who}, {percent} % sure"))
    }
}
