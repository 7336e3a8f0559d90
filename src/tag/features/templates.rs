//! The feature templates of the tagger, each declared once with its number, name, topic and
//! explanation.
//!
//! A template and a value, such as `WORD` and the hash of "Gozo", make a feature. The numbers are
//! part of the shipped weights: a template keeps its number for ever, and a new one takes a new
//! number (and a new `FEATURES` in `tag::model`). `docs/tagger.md` lists the templates; a test
//! keeps the list complete.

/// A group of templates that look at the same thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// The word by itself.
    Word,
    /// Entries of the lexicon for the word.
    Lexicon,
    /// Names that were confirmed in the dataset.
    Gazetteer,
    /// The two words before and the two after.
    Neighbours,
    /// The run of capitalised words that the word is in.
    Run,
    /// Characters of scripts without spaces, and of Korean.
    Characters,
    /// Other occurrences of the word in the article.
    Article,
}

impl Topic {
    /// The name of the topic.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Word => "word",
            Self::Lexicon => "lexicon",
            Self::Gazetteer => "gazetteer",
            Self::Neighbours => "neighbours",
            Self::Run => "run of capitals",
            Self::Characters => "characters",
            Self::Article => "rest of the article",
        }
    }
}

/// A template of features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// The number that is hashed with a value into the number of a row. A template for several
    /// positions has one for each.
    pub number: u64,
    /// The number of positions.
    pub positions: u64,
    /// A short name.
    pub name: &'static str,
    /// What it looks at.
    pub topic: Topic,
    /// What its value is, in a few words.
    pub explanation: &'static str,
}

macro_rules! templates {
    ($($topic:ident {$($id:ident = $number:literal $(x $positions:literal)?, $name:literal, $explanation:literal;)+})+) => {
        $($(
            #[doc = concat!($explanation, ".")]
            pub const $id: Template = Template {
                number: $number,
                positions: 1 $(- 1 + $positions)?,
                name: $name,
                topic: Topic::$topic,
                explanation: $explanation,
            };
        )+)+

        /// All templates, by topic.
        pub const ALL: &[Template] = &[$($($id,)+)+];
    };
}

templates! {
    Word {
        BIAS = 0, "bias", "Every word has it";
        FORM = 1, "form", "The word as it is written";
        WORD = 2, "word", "The word in lower case";
        PATTERN = 3, "pattern", "Its letters as a pattern such as `Xxx-9`";
        SHAPE = 4, "shape", "Its capitals, digits and signs, with its place";
        AFFIX = 5 x 5, "affix", "Its first two and three, and last two, three and four letters";
    }
    Lexicon {
        FINE_CLUSTER = 10, "fine cluster", "Its cluster of 1,024, with its capital";
        MIDDLE_CLUSTER = 11, "middle cluster", "Its cluster of 256, with its place";
        COARSE_CLUSTER = 12, "coarse cluster", "Its cluster of 64, with its shape";
        CAPITAL_RATE = 13, "capital rate", "How often it is capitalised in English, with its place and capital";
        FREQUENCY = 14, "frequency", "How common it is, with its shape";
        LISTS = 15, "lists", "All lists of names that it is in, with its capital";
        LIST = 16, "list", "Each list of names that it is in, with its place";
        CODE = 104 x 3, "vector code", "The nearest of 256 points in three views of its vector, with its capital";
        STEM = 107, "stem", "The lists of the name that it may be a case form of, with its capital";
        STEM_LIST = 108, "stem list", "Each list of that name, with its place";
        PHRASE = 17, "phrase", "The lists of the phrase that it is in, and whether it begins it";
    }
    Gazetteer {
        CONFIRMED = 100, "confirmed", "The label, reliability and count of the confirmed name that it is in";
        CONFIRMED_LABEL = 101, "confirmed label", "The label of that name, and whether the word begins it";
        CONFIRMED_SHAPE = 102, "confirmed shape", "Label, reliability and count with the word's shape";
        CONFIRMED_NEIGHBOURS = 103, "confirmed neighbours", "The labels of the confirmed names beside it, with its capital";
    }
    Neighbours {
        NEAR_WORD = 20 x 4, "near word", "The word there";
        NEAR_CLUSTER = 24 x 4, "near cluster", "The cluster of 256 there, with the capital there";
        NEAR_SHAPE = 28 x 4, "near shape", "Shape and sign there, with the word's own capital";
        NEAR_LISTS = 32 x 4, "near lists", "The lists of names and phrases there";
        NEXT_SUFFIX = 36 x 2, "next suffix", "The last three letters of the word before and after";
        NEXT_FINE_CLUSTER = 38 x 2, "next fine cluster", "The cluster of 1,024 before and after, with the capital there";
        WORD_PAIR = 40 x 2, "word pair", "The word with the one before and after";
        CLUSTER_PAIR = 42 x 2, "cluster pair", "The cluster of 256 with the one before and after";
        NEXT_WORD_SHAPE = 44 x 2, "next word with shape", "The word before and after, with the word's own shape";
        NEXT_CLUSTER_LISTS = 46 x 2, "next cluster with lists", "The cluster of 64 before and after, with the word's own lists";
        LISTS_PAIR = 48 x 2, "lists pair", "The lists of names of the word and of the one before and after";
        SHAPES = 50, "shapes", "Three shapes: before, own and after";
        PATTERNS = 51, "patterns", "Three patterns: before, own and after";
        GLUED = 58, "glued", "Whether white space is before and after, with the shapes there";
        AROUND = 52, "around", "The words before and after";
        TWO_BEFORE = 53, "two before", "The two words before";
        TWO_AFTER = 54, "two after", "The two words after";
        CLUSTERS_AROUND = 55, "clusters around", "The clusters of 256 before and after";
        CLUSTERS_BEFORE = 56, "clusters before", "The clusters of the two words before";
        CLUSTERS_AFTER = 57, "clusters after", "The clusters of the two words after";
    }
    Run {
        RUN = 60, "run", "The length of the run, and the word's place in it and in the sentence";
        RUN_HEAD = 61, "head", "The last word of the run";
        RUN_HEAD_CLUSTER = 62, "head cluster", "The cluster of 256 of the last word";
        RUN_FIRST = 63, "first", "The first word of the run";
        RUN_FIRST_CLUSTER = 64, "first cluster", "The cluster of 256 and the lists of the first word";
        RUN_BEFORE = 65, "before the run", "The word before the run";
        RUN_AFTER = 66, "after the run", "The word after the run";
        RUN_CLUSTER_BEFORE = 67, "cluster before the run", "The cluster of 256 before the run";
        RUN_CLUSTER_AFTER = 68, "cluster after the run", "The cluster of 256 after the run";
        RUN_HEAD_SUFFIX = 69, "head suffix", "The last three letters of the last word";
        RUN_LISTS = 70, "run lists", "The lists of the first and last word, with the run's length";
        RUN_ANY_LIST = 71, "any list", "The lists of bodies, teams and peoples, and of phrases, that any word of the run is in";
        RUN_CLUSTERS = 72, "run clusters", "The clusters of 64 before the run and of its first and last word";
    }
    Characters {
        TOKEN = 110, "token", "The token that the character is in, with its place there";
        TOKEN_HEAD = 111, "token up to here", "The token up to the character";
        TOKEN_TAIL = 112, "rest of the token", "The token after the character";
        TOKEN_PLACE = 113, "place in the token", "The place of the character in its token, with its kind";
        TOKEN_BEFORE = 114, "token before", "The token before, with the place";
        TOKEN_AFTER = 115, "token after", "The token after, with the place";
        TOKEN_PAIR_BEFORE = 116, "token pair before", "The token with the one before";
        TOKEN_PAIR_AFTER = 117, "token pair after", "The token with the one after";
        THREE_TO_HERE = 118, "three to here", "The character with the two before";
        THREE_AROUND = 119, "three around", "The character with those before and after";
        THREE_FROM_HERE = 120, "three from here", "The character with the two after";
        THIRD_BEFORE = 121, "third before", "The third character before";
        THIRD_AFTER = 122, "third after", "The third character after";
    }
    Article {
        COUNTS = 80, "counts", "How often the word is in lower case and capitalised elsewhere";
        THERE_BEFORE = 81, "before it there", "The word before another occurrence";
        THERE_AFTER = 82, "after it there", "The word after another occurrence";
        THERE_CLUSTER_BEFORE = 83, "cluster before it there", "The cluster of 256 before another occurrence";
        THERE_CLUSTER_AFTER = 84, "cluster after it there", "The cluster of 256 after another occurrence";
        THERE_HEAD = 85, "head there", "The last word of the run of another occurrence";
        THERE_LISTS = 86, "lists there", "The lists of the first word of that run";
        THERE_CLUSTERS = 87, "clusters there", "The clusters of 256 of the first and last word of that run";
        THERE_RUN = 88, "run there", "The place in that run, and its length";
        THERE_RUN_BEFORE = 89, "cluster before that run", "The cluster of 256 before that run";
        ACRONYM = 90, "acronym", "The word is the acronym of a name in the article";
        ACRONYM_HEAD = 91, "acronym head", "The last word of that name";
        ACRONYM_CLUSTER = 92, "acronym cluster", "The cluster of 256 of that last word";
        SPORT = 93, "sport", "How much the article is about sport, with the word's lists and phrase";
        SPORT_RUN = 94, "sport run", "That, with the lists of the run and its length";
        SPORT_AFTER = 95, "sport after", "That, with the word's lists and the cluster of 64 after";
        SPORT_BEFORE = 96, "sport before", "That, with the word's lists and the word before";
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_number_and_name_belongs_to_one_template() {
        let mut numbers: Vec<u64> = ALL
            .iter()
            .flat_map(|template| template.number..template.number + template.positions)
            .collect();
        numbers.sort_unstable();
        assert!(
            numbers.windows(2).all(|pair| pair[0] < pair[1]),
            "{numbers:?}"
        );
        let names: BTreeSet<&str> = ALL.iter().map(|template| template.name).collect();
        assert_eq!(names.len(), ALL.len());
    }

    #[test]
    fn the_page_on_the_tagger_lists_every_template() {
        let page = include_str!("../../../docs/tagger.md");
        let missing: Vec<String> = ALL
            .iter()
            .map(|template| {
                format!(
                    "| {} | {} | {} |",
                    template.topic.name(),
                    template.name,
                    template.explanation
                )
            })
            .filter(|row| !page.contains(row))
            .collect();
        assert!(
            missing.is_empty(),
            "add these rows:\n{}",
            missing.join("\n")
        );
    }
}
