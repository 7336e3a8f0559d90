//! Words that tell whether a capital is a name's: function words of the languages that are met
//! most, and what German writes large.

/// Small words inside names: "Bank of England", "Leonardo da Vinci", "Osama bin Laden".
const WITHIN: [&str; 25] = [
    "of", "de", "la", "le", "les", "du", "des", "da", "do", "dos", "das", "di", "del", "della",
    "van", "von", "der", "den", "ter", "zu", "zur", "bin", "ibn", "al", "el",
];

/// Those of them that join two nouns in German as well.
const JOINTS_OF_NOUNS: [&str; 12] = [
    "of", "du", "des", "do", "das", "der", "den", "zu", "zur", "ter", "les", "le",
];

/// Whether a small word can be part of a name; in German fewer can.
pub(super) fn is_within(word: &str, german: bool) -> bool {
    WITHIN.contains(&word) && !(german && JOINTS_OF_NOUNS.contains(&word))
}

/// Determiners of German: what follows them is a noun rather than a name.
const DETERMINERS: &str = "der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner mein meine \
    meinen meinem meiner dein deine sein seine seinen seinem seiner seines ihr ihre ihren ihrem ihrer ihres unser unsere unseren \
    unserem unserer euer eure dieser diese dieses diesen diesem jeder jede jedes jeden jedem jener jene welche welcher welches \
    alle allen aller manche viele vielen vieler wenige mehrere einige einigen beide beiden beim ins ans aufs fürs zwei drei vier \
    fünf sechs sieben acht neun zehn elf zwölf hundert tausend rund etwa mehr weniger";

/// Contractions of a preposition and a determiner, which also precede names: "am Donnerstag", "zur
/// ÖVP".
const MELTED: &str = "im am zum zur vom";

/// Function words with which sentences begin, in lower case: English, German, French, Spanish.
const FUNCTION: [&str; 4] = [
    "the a an this that these those i you he she it we they me him her us them my your his its our their mine who whom whose what \
     which when where why how and or but nor for yet so if because although though while since until unless as than at by from in \
     into of off on onto out over to up with without within about above across after against along among around before behind \
     below beneath beside between beyond despite down during except inside like near past per through throughout toward towards \
     under underneath upon via not no yes all any both each either every few many more most much neither none one other others \
     some somebody someone something anybody anyone anything nobody nothing everybody everyone everything several such same own \
     there here now then today yesterday tomorrow once again also too very just only even still already ever never always often \
     sometimes soon later meanwhile however moreover instead perhaps maybe indeed thus therefore is are was were be been being am \
     do does did done have has had having can could will would shall should may might must let get got go goes please thanks \
     thank first second last next two three four five six seven eight nine ten",
    "ich du er sie es wir mich mir dich dir sich uns euch ihm ihn ihnen man wer was wo wann wie warum weshalb wieso wohin woher \
     womit und oder aber denn doch sondern weil dass daß ob wenn als während bevor nachdem obwohl damit sodass falls bis seit an \
     auf aus bei mit nach von vor zu über unter zwischen durch für gegen ohne um trotz wegen laut neben hinter innerhalb \
     außerhalb ab gemäß statt nicht auch nur noch schon sehr da dann dort hier heute gestern morgen jetzt nun immer nie niemand \
     jemand etwas nichts alles ist sind war waren wird werden wurde wurden hat haben hatte hatten kann können konnte muss müssen \
     soll sollen wollen darf mag bin bist sei seien wäre würde habe zudem außerdem jedoch allerdings dabei dafür dagegen danach \
     davor dazu daher deshalb darum darauf darüber daran damals wieder ganz gar ja nein bitte danke gut genau eigentlich \
     vielleicht wohl erst zuerst zuletzt schließlich inzwischen mittlerweile derzeit zugleich trotzdem dennoch sonst sowie sowohl \
     weder entweder je mal bisher künftig oft meist viel wenig weitere weiterer neue neuer neues",
    "le la les un une du de au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs je tu il elle \
     nous vous ils elles qui que quoi dont où et ou mais donc car si comme quand lorsque pour par avec sans sous sur dans en entre \
     vers chez depuis pendant avant après contre ne pas plus moins très aussi alors ainsi enfin puis ici là hier demain est sont \
     était été avait tout tous toute toutes aucun aucune quelques plusieurs chaque autre",
    "el los las una unos unas del lo su sus mi mis tus nuestro nuestra este esta estos estas ese esa esos esas aquel yo él ella \
     nosotros ellos ellas quien cual cuando donde como y o pero sino aunque porque pues con sin sobre bajo hacia hasta desde \
     durante según contra muy más menos también ya aún así son era fue ser han había hay todo todos toda todas algo nada nadie \
     alguien",
];

/// The commonest words of German: where they are, nouns are written large.
const GERMAN: &str = "der die und das den von ist mit nicht ein eine dem des auf für im sich auch zu es wie aus bei nach am zum zur";

/// German nouns next to names, months and days.
const BESIDE_NAMES: &str = "ende anfang mitte seite teil millionen milliarden prozent euro uhr dollar jahr jahre jahren frau herr \
    herrn herren anders hand art name person rest spiel buch mal beispiel fall grund sommer winter herbst frühling";

/// Days, months and feasts of German, which are tagged as dates.
const DATES: &str = "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag januar jänner februar feber märz april mai \
    juni juli august september oktober november dezember ostern weihnachten pfingsten silvester";

/// Endings that only nouns have.
const NOUN_ENDINGS: [&str; 16] = [
    "ung", "ungen", "heit", "heiten", "keit", "keiten", "schaft", "schaften", "tion", "tionen",
    "ität", "itäten", "straße", "platz", "bahn", "meister",
];

/// Endings that nouns have more often than names.
const ENDINGS: [&str; 70] = [
    "chen",
    "lein",
    "ismus",
    "nis",
    "nisse",
    "tum",
    "erin",
    "erinnen",
    "ling",
    "linge",
    "ment",
    "enz",
    "anz",
    "ekt",
    "ik",
    "ur",
    "ie",
    "ien",
    "ern",
    "ler",
    "lers",
    "ner",
    "tage",
    "tag",
    "tags",
    "jahr",
    "jahre",
    "jahren",
    "woche",
    "wochen",
    "stunden",
    "prozent",
    "euro",
    "uhr",
    "meisterin",
    "präsident",
    "präsidentin",
    "minister",
    "ministerin",
    "sprecher",
    "sprecherin",
    "chef",
    "chefin",
    "leiter",
    "leiterin",
    "stelle",
    "stellen",
    "zeit",
    "zeiten",
    "haus",
    "hauses",
    "häuser",
    "zug",
    "züge",
    "werk",
    "werke",
    "weg",
    "wege",
    "bau",
    "amt",
    "recht",
    "geld",
    "kosten",
    "preis",
    "preise",
    "arbeit",
    "leute",
    "mann",
    "frauen",
    "kinder",
];

fn has(list: &str, lower: &str) -> bool {
    list.split_whitespace().any(|word| word == lower)
}

/// Whether it is one of the words with which sentences are built; a contraction is what is
/// before its apostrophe.
pub(super) fn is_function(lower: &str) -> bool {
    let stem = lower.split(['\'', '’']).next().unwrap_or(lower);
    let is_one = |word: &str| {
        FUNCTION.iter().any(|list| has(list, word)) || has(DETERMINERS, word) || has(MELTED, word)
    };
    is_one(lower) || (stem != lower && is_one(stem))
}

/// Whether it is a determiner of German after which a noun follows.
pub(super) fn is_determiner(lower: &str) -> bool {
    has(DETERMINERS, lower)
}

/// Whether it may be an adjective of German before a noun.
pub(super) fn is_adjective(lower: &str) -> bool {
    ["e", "en", "er", "es", "em"]
        .iter()
        .any(|ending| lower.ends_with(ending))
        && !is_function(lower)
}

/// Whether it is among the commonest words of German.
pub(super) fn is_german(lower: &str) -> bool {
    has(GERMAN, lower)
}

/// Whether it is a day, a month or a feast in German.
pub(super) fn is_date(lower: &str) -> bool {
    has(DATES, lower)
}

/// Whether it is a German noun that is no name, although lists of names may have it.
pub(super) fn is_beside_names(lower: &str) -> bool {
    has(BESIDE_NAMES, lower)
}

/// Whether it ends as only nouns do in German.
pub(super) fn ends_as_noun(lower: &str) -> bool {
    NOUN_ENDINGS.iter().any(|ending| lower.ends_with(ending))
}

/// Whether it ends as nouns do in German more often than names.
pub(super) fn ends_like_noun(lower: &str) -> bool {
    ends_as_noun(lower) || ENDINGS.iter().any(|ending| lower.ends_with(ending))
}
