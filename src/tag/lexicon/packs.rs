//! The lexicons of languages other than English, one file each.

use std::sync::LazyLock;

use super::{Lexicon, NameLists, Parts};

/// The bytes of a file in `assets/tagger/languages/`.
macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/assets/tagger/languages/",
            $name,
            ".bin"
        ))
    };
}

/// The names in Latin script that all languages share.
static WORLD: LazyLock<NameLists> = LazyLock::new(|| {
    let names = Parts::of(file!("world")).and_then(NameLists::of);
    names.unwrap_or_default()
});

/// The lists that all languages but English read besides their own.
static SHARED: [&LazyLock<NameLists>; 2] = [&WORLD, &super::ENGLISH_NAMES];

/// Declares the languages, in order.
macro_rules! packs {
    ($($tag:literal)*) => {
        /// The languages that have a lexicon besides English, by their BCP 47 tags, in order.
        pub const LANGUAGES: &[&str] = &[$($tag),*];

        /// The bytes of each.
        const BYTES: &[&[u8]] = &[$(file!($tag)),*];

        /// Each when it is decoded.
        static DECODED: [LazyLock<Lexicon>; LANGUAGES.len()] = [$(LazyLock::new(|| decode(file!($tag)))),*];
    };
}

packs! {
    "ar" "cs" "da" "de" "el" "es" "et" "fi" "fr" "hi" "hr" "hu" "id" "it" "ja" "kk" "ko" "nb" "nl"
    "nn" "pl" "pt" "ro" "ru" "sk" "sl" "sr" "sv" "th" "tr" "uk" "vi" "zh"
}

fn decode(bytes: &[u8]) -> Lexicon {
    Lexicon {
        shared: &SHARED,
        ..Lexicon::read(bytes).unwrap_or_default()
    }
}

fn number(primary: &str) -> Option<usize> {
    // "no" is any Norwegian; nearly all of it is written in Bokmål.
    let primary = if primary.eq_ignore_ascii_case("no") {
        "nb"
    } else {
        primary
    };
    LANGUAGES
        .iter()
        .position(|tag| tag.eq_ignore_ascii_case(primary))
}

/// The lexicon of a language, by its primary tag.
pub(super) fn lexicon(primary: &str) -> Option<&'static Lexicon> {
    Some(&DECODED[number(primary)?])
}

/// The size of a language's lexicon in bytes, by its primary tag. `None` if it has none.
#[must_use]
pub fn pack_size(primary: &str) -> Option<usize> {
    if primary.eq_ignore_ascii_case("en") {
        return Some(super::ENGLISH.len());
    }
    Some(BYTES[number(primary)?].len())
}

#[cfg(test)]
mod tests {
    use super::super::{WordHash, part};
    use super::*;

    /// For each language a common word, a town and a country, and a person's first name.
    const KNOWN: &[(&str, &str, &str, &str, &str)] = &[
        ("ar", "في", "دمشق", "مصر", "محمد"),
        ("cs", "že", "Brno", "Česko", "Jiří"),
        ("da", "og", "Odense", "Danmark", "Mette"),
        ("de", "und", "Köln", "Österreich", "Jürgen"),
        ("el", "και", "Θεσσαλονίκη", "Ελλάδα", "Γεώργιος"),
        ("es", "que", "Sevilla", "España", "José"),
        ("et", "ja", "Tartu", "Eesti", "Toomas"),
        ("fi", "ja", "Tampere", "Suomi", "Mikko"),
        ("fr", "dans", "Lyon", "Allemagne", "Thérèse"),
        ("hi", "है", "मुंबई", "भारत", "राहुल"),
        ("hr", "je", "Split", "Hrvatska", "Ivan"),
        ("hu", "és", "Szeged", "Magyarország", ""),
        ("id", "yang", "Surabaya", "Indonesia", "Budi"),
        ("it", "che", "Torino", "Germania", "Giuseppe"),
        ("ja", "の", "大阪", "日本", ""),
        ("kk", "және", "Алматы", "Қазақстан", ""),
        ("ko", "는", "부산", "대한민국", ""),
        ("nb", "og", "Bergen", "Norge", "Olav"),
        ("nl", "het", "Utrecht", "Duitsland", "Jeroen"),
        ("nn", "og", "Bergen", "Noreg", "Olav"),
        ("pl", "się", "Gdańsk", "Polska", "Agnieszka"),
        ("pt", "não", "Lisboa", "Brasil", "João"),
        ("ro", "și", "Timișoara", "România", "Ion"),
        ("ru", "что", "Казань", "Россия", "Сергей"),
        ("sk", "sa", "Košice", "Slovensko", "Ján"),
        ("sl", "je", "Maribor", "Slovenija", "Janez"),
        ("sr", "je", "Novi Sad", "Srbija", "Marko"),
        ("sv", "och", "Göteborg", "Sverige", "Björn"),
        ("th", "", "กรุงเทพ", "ไทย", ""),
        ("tr", "bir", "İzmir", "Türkiye", "Mehmet"),
        ("uk", "що", "Харків", "Україна", "Олександр"),
        ("vi", "của", "Hải Phòng", "Việt Nam", "Tuấn"),
        ("zh", "的", "上海", "中国", ""),
    ];

    #[test]
    fn every_language_knows_its_own_words_and_names() {
        for &(tag, common, town, country, first) in KNOWN {
            let lexicon = Lexicon::of(tag).unwrap();
            let kinds = |name: &str| {
                let hash = WordHash::lower(name);
                lexicon.name(hash) | lexicon.phrase(hash)
            };
            let entry = lexicon.word(WordHash::lower(common));
            // No frequencies are known for Thai.
            assert_eq!(
                entry.rarity,
                u8::from(tag != "th"),
                "{tag} {common} {entry:?}"
            );
            assert_ne!(kinds(town) & part::CITY, 0, "{tag} {town}");
            assert_ne!(kinds(country) & part::COUNTRY, 0, "{tag} {country}");
            assert!(
                first.is_empty() || kinds(first) & part::FIRST != 0,
                "{tag} {first}"
            );
            assert_eq!(kinds(common), 0, "{tag} {common}");
        }
        assert_eq!(KNOWN.len(), LANGUAGES.len());
    }

    #[test]
    fn files_are_whole() {
        for (tag, bytes) in LANGUAGES.iter().zip(BYTES) {
            assert!(Lexicon::read(bytes).is_some(), "{tag}");
            assert!(bytes.len() < 300_000, "{tag}");
        }
        assert!(LANGUAGES.is_sorted());
    }

    #[test]
    fn tags_with_regions_and_in_capitals_are_found() {
        for tag in ["de-AT", "PT_br", "no", "EN-gb"] {
            assert!(Lexicon::of(tag).is_some(), "{tag}");
        }
        assert!(Lexicon::of("sw").is_none() && Lexicon::of("").is_none());
    }

    #[test]
    fn case_forms_of_names_are_found_by_their_stems() {
        for (tag, form, kind) in [
            ("ru", "Москвой", part::REGION),
            ("ru", "Сергеем", part::FIRST),
            ("uk", "Харкові", part::CITY),
            ("fi", "Tampereella", part::CITY),
            ("hu", "Debrecenben", part::CITY),
            ("tr", "Ankaralı", part::CITY),
            ("hr", "Zagrebu", part::CITY),
        ] {
            let kinds = Lexicon::of(tag).unwrap().stem(form);
            assert_ne!(kinds & kind, 0, "{tag} {form} {kinds}");
        }
        assert_eq!(Lexicon::of("fr").unwrap().stem("Parisien"), 0);
        assert_eq!(Lexicon::of("ru").unwrap().stem("и"), 0);
    }

    #[test]
    fn clusters_of_german_and_spanish_group_towns() {
        for (tag, towns, verbs) in [
            ("de", ["Hamburg", "Frankfurt"], ["gehen", "kommen"]),
            ("es", ["Sevilla", "Valencia"], ["hablar", "comer"]),
        ] {
            let lexicon = Lexicon::of(tag).unwrap();
            let entry = |word: &str| lexicon.word(WordHash::lower(word));
            let [one, other] = towns.map(entry);
            assert!(one.fine > 0 && one.middle > 0 && one.coarse > 0, "{one:?}");
            assert_eq!(one.coarse, other.coarse, "{towns:?} {one:?} {other:?}");
            assert_ne!(one.coarse, entry(verbs[0]).coarse, "{verbs:?}");
            assert!(one.capital_rate >= 6, "{one:?}");
        }
    }
}
