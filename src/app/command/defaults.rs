//! The keys that commands have from the start.

use egui::Key;

use super::{Chord, Command};
use crate::model::Schema;

impl Command {
    /// The keys that do it unless the person has chosen others; the first is the one that is shown.
    pub fn default_keys(self, schema: Option<&Schema>) -> Vec<Chord> {
        use Command as C;
        let region = |at: usize| {
            let key = schema.and_then(|s| s.regions().get(at)).and_then(|r| r.key);
            key.and_then(key_of)
        };
        let entity = |at: usize| {
            let key = schema
                .and_then(|s| s.entities().get(at))
                .and_then(|e| e.key);
            key.and_then(key_of)
        };
        match self {
            C::NextBlock => vec![Chord::plain(Key::ArrowDown), Chord::plain(Key::J)],
            C::PreviousBlock => vec![Chord::plain(Key::ArrowUp), Chord::plain(Key::K)],
            C::ExtendToNextBlock => vec![Chord::shift(Key::ArrowDown), Chord::shift(Key::J)],
            C::ExtendToPreviousBlock => vec![Chord::shift(Key::ArrowUp), Chord::shift(Key::K)],
            C::LabelRegion(at) => region(at).map(Chord::plain).into_iter().collect(),
            C::LabelToEnd(at) => region(at).map(Chord::shift).into_iter().collect(),
            C::SplitRegion => vec![Chord::plain(Key::S)],
            C::MergeRegion => vec![Chord::plain(Key::M)],
            C::NextWord => vec![Chord::plain(Key::ArrowRight)],
            C::PreviousWord => vec![Chord::plain(Key::ArrowLeft)],
            C::ExtendByWord => vec![Chord::shift(Key::ArrowRight)],
            C::ExtendBackByWord => vec![Chord::shift(Key::ArrowLeft)],
            C::NextSentence => vec![Chord::ctrl(Key::ArrowRight)],
            C::PreviousSentence => vec![Chord::ctrl(Key::ArrowLeft)],
            C::ExtendBySentence => vec![Chord::ctrl(Key::ArrowRight).with_shift()],
            C::ExtendBackBySentence => vec![Chord::ctrl(Key::ArrowLeft).with_shift()],
            C::NextCharacter => vec![Chord::alt(Key::ArrowRight)],
            C::PreviousCharacter => vec![Chord::alt(Key::ArrowLeft)],
            C::ExtendByCharacter => vec![Chord::shift(Key::ArrowRight).with_alt()],
            C::ExtendBackByCharacter => vec![Chord::shift(Key::ArrowLeft).with_alt()],
            C::BlockStart => vec![Chord::plain(Key::Home)],
            C::BlockEnd => vec![Chord::plain(Key::End)],
            C::ExtendToBlockStart => vec![Chord::shift(Key::Home)],
            C::ExtendToBlockEnd => vec![Chord::shift(Key::End)],
            C::NextRegion => vec![Chord::ctrl(Key::ArrowDown)],
            C::PreviousRegion => vec![Chord::ctrl(Key::ArrowUp)],
            C::FirstBlock => vec![Chord::ctrl(Key::Home)],
            C::LastBlock => vec![Chord::ctrl(Key::End)],
            C::ToggleFolds => vec![Chord::plain(Key::F9)],
            C::NextName => vec![Chord::plain(Key::W)],
            C::PreviousName => vec![Chord::shift(Key::W)],
            // Arrows are on every keyboard, and no schema has a label on them.
            C::NextEntity => vec![Chord::alt(Key::ArrowDown)],
            C::PreviousEntity => vec![Chord::alt(Key::ArrowUp)],
            C::Tag(at) => entity(at).map(Chord::plain).into_iter().collect(),
            C::TagEverywhere => vec![Chord::plain(Key::A)],
            // Brackets where a keyboard has them; comma and point are on every one.
            C::GrowStart => vec![Chord::plain(Key::OpenBracket), Chord::plain(Key::Comma)],
            C::GrowEnd => vec![Chord::plain(Key::CloseBracket), Chord::plain(Key::Period)],
            C::ShrinkStart => vec![Chord::alt(Key::OpenBracket), Chord::alt(Key::Comma)],
            C::ShrinkEnd => vec![Chord::alt(Key::CloseBracket), Chord::alt(Key::Period)],
            C::Copy => vec![Chord::ctrl(Key::C)],
            C::OpenMenu => vec![Chord::shift(Key::F10)],
            C::NextTab => vec![Chord::plain(Key::F8)],
            C::PreviousTab => vec![Chord::shift(Key::F8)],
            C::Remove => vec![Chord::plain(Key::Delete), Chord::plain(Key::Backspace)],
            C::NextUnsure => vec![Chord::plain(Key::Tab)],
            C::PreviousUnsure => vec![Chord::shift(Key::Tab)],
            C::ConfirmAndNext => vec![Chord::plain(Key::Enter)],
            C::Why => vec![Chord::plain(Key::F7)],
            C::NextDoubt => vec![Chord::ctrl(Key::J)],
            C::DoubtIsRight => vec![Chord::ctrl(Key::J).with_shift()],
            C::CheckWithModels => vec![Chord::ctrl(Key::J).with_alt()],
            C::ForgetLearnt => vec![Chord::ctrl(Key::L).with_shift()],
            C::Suggesters => vec![Chord::shift(Key::F7)],
            C::SuggestForOpen => vec![Chord::ctrl(Key::F7)],
            C::CarryLabels => vec![Chord::ctrl(Key::D).with_shift()],
            C::NextPlace => vec![Chord::plain(Key::Tab)],
            C::PreviousPlace => vec![Chord::shift(Key::Tab)],
            C::TakeFirst => vec![Chord::plain(Key::Num1)],
            C::TakeSecond => vec![Chord::plain(Key::Num2)],
            C::TakeThird => vec![Chord::plain(Key::Num3)],
            C::TakeFourth => vec![Chord::plain(Key::Num4)],
            C::TakeFifth => vec![Chord::plain(Key::Num5)],
            C::TakeSixth => vec![Chord::plain(Key::Num6)],
            C::TakeSeventh => vec![Chord::plain(Key::Num7)],
            C::TakeEighth => vec![Chord::plain(Key::Num8)],
            C::TakeNinth => vec![Chord::plain(Key::Num9)],
            C::TakeNobody => vec![Chord::plain(Key::Num0)],
            C::DecideAlike => vec![Chord::plain(Key::Period)],
            C::ConfirmPlace => vec![Chord::plain(Key::Enter)],
            C::Reason => vec![Chord::ctrl(Key::R).with_shift()],
            C::DecideByMajority => vec![Chord::ctrl(Key::B)],
            C::FinishUnanimous => vec![Chord::ctrl(Key::B).with_shift()],
            C::ShowReview => vec![Chord::shift(Key::F5)],
            C::Done => vec![Chord::ctrl(Key::Enter)],
            C::Skip => vec![Chord::ctrl(Key::Enter).with_shift()],
            C::Flag => vec![Chord::ctrl(Key::Enter).with_alt()],
            C::Remark => vec![Chord::ctrl(Key::M)],
            C::NameEverywhere => vec![Chord::ctrl(Key::G)],
            C::UndoRelabelling => vec![Chord::ctrl(Key::Z).with_alt()],
            C::AnswerRemark => vec![Chord::ctrl(Key::M).with_alt()],
            C::ResolveRemark => vec![Chord::ctrl(Key::R)],
            C::NextRemark => vec![Chord::ctrl(Key::M).with_shift()],
            C::History => vec![Chord::ctrl(Key::H)],
            C::FindInLists => vec![Chord::ctrl(Key::I)],
            C::Guide => vec![Chord::plain(Key::F4)],
            C::Schema => vec![Chord::ctrl(Key::L)],
            C::NextArticle => vec![Chord::ctrl(Key::PageDown)],
            C::PreviousArticle => vec![Chord::ctrl(Key::PageUp)],
            C::NextUnfinished => vec![Chord::ctrl(Key::PageDown).with_shift()],
            C::Undo => vec![Chord::ctrl(Key::Z)],
            C::Redo => vec![Chord::ctrl(Key::Z).with_shift(), Chord::ctrl(Key::Y)],
            C::FindInArticle => vec![Chord::ctrl(Key::F)],
            C::FindInDataset => vec![Chord::ctrl(Key::F).with_shift()],
            C::NewWindow => vec![Chord::ctrl(Key::N).with_shift()],
            C::CloseDataset => vec![Chord::ctrl(Key::W)],
            C::OpenFiles => vec![Chord::ctrl(Key::O)],
            C::OpenFolder => vec![Chord::ctrl(Key::O).with_shift()],
            C::OpenPath => vec![Chord::ctrl(Key::O).with_alt()],
            C::OpenSample => vec![Chord::ctrl(Key::N).with_alt()],
            C::OpenTeam => vec![Chord::ctrl(Key::T).with_alt()],
            C::TeamSend => vec![Chord::ctrl(Key::S).with_alt()],
            C::TeamSignIn => vec![Chord::ctrl(Key::L).with_alt()],
            C::TakeMore => vec![Chord::ctrl(Key::A).with_alt()],
            C::TakeAlong => vec![Chord::ctrl(Key::A).with_alt().with_shift()],
            C::GiveBack => vec![Chord::ctrl(Key::B).with_alt()],
            C::TeamProblems => vec![Chord::ctrl(Key::P).with_alt()],
            C::Import => vec![Chord::ctrl(Key::I).with_shift()],
            C::Merge => vec![Chord::ctrl(Key::T)],
            C::SplitWork => vec![Chord::ctrl(Key::T).with_shift()],
            C::RepeatExport => vec![Chord::ctrl(Key::E).with_shift()],
            C::SaveCopy => vec![Chord::ctrl(Key::S).with_shift()],
            C::Export => vec![Chord::ctrl(Key::E)],
            C::ShowAnnotate => vec![Chord::plain(Key::F5)],
            C::ShowDashboard => vec![Chord::plain(Key::F6)],
            C::Palette => vec![Chord::ctrl(Key::P)],
            C::Help => vec![Chord::plain(Key::F1)],
            C::Settings => vec![Chord::ctrl(Key::Comma)],
            C::KeySettings => vec![Chord::ctrl(Key::K)],
            C::ToggleTheme => vec![Chord::ctrl(Key::D)],
            C::ToggleList => vec![Chord::plain(Key::F2)],
            C::ToggleInspector => vec![Chord::plain(Key::F3)],
            C::ZoomIn => vec![Chord::ctrl(Key::Plus), Chord::ctrl(Key::Equals)],
            C::ZoomOut => vec![Chord::ctrl(Key::Minus)],
            C::ZoomReset => vec![Chord::ctrl(Key::Num0)],
            C::Escape => vec![Chord::plain(Key::Escape)],
        }
    }
}

/// The key that types a letter or digit.
fn key_of(letter: char) -> Option<Key> {
    Key::from_name(&letter.to_uppercase().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_commands_want_the_same_key() {
        let mut seen = std::collections::BTreeMap::new();
        for command in Command::all(None) {
            for chord in command.default_keys(None) {
                let key = (command.is_of_review(), chord);
                assert_eq!(seen.insert(key, command), None, "{}", chord.show());
            }
        }
    }

    #[test]
    fn every_command_has_a_name_and_those_without_a_label_a_key() {
        for command in Command::all(None) {
            assert!(!command.label(None).is_empty(), "{command:?}");
            assert!(!command.default_keys(None).is_empty(), "{command:?}");
        }
    }
}
