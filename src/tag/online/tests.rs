use super::*;
use crate::model::notation;
use crate::tag::labels::tests::schema;

fn teach(tagger: &mut OnlineTagger, number: i64, marked: &str) {
    let document = notation::parse(marked).unwrap();
    let all = vec![0..document.text.len()];
    tagger.learn(number, &document.text, all, document.annotation.entities());
}

fn tagged(tagger: &OnlineTagger, text: &str) -> Vec<String> {
    let text = Text::new(text);
    tagger
        .suggest_in(&text, &[0..text.len()])
        .iter()
        .map(|entity| format!("{} {}", entity.label, text.slice(entity.span)))
        .collect()
}

#[test]
fn a_new_label_is_learnt_and_forgotten_again() {
    let schema = schema(&["PERSON", "SHIP"]);
    let mut tagger = OnlineTagger::new(TagModel::shipped(), &schema);
    let text = "On Monday the Gozo Star left the port.";
    let before = tagged(&tagger, text);
    assert!(
        !before.iter().any(|found| found.starts_with("SHIP")),
        "{before:?}"
    );
    for (nth, marked) in [
        "body| On Friday the {SHIP Gozo Star} left the port with {PERSON Maria Borg} on board.\n",
        "body| The {SHIP Gozo Star} stayed in port, said {PERSON Karl Vella}.\n",
        "body| On Sunday the {SHIP Sliema Queen} left the port, and the {SHIP Gozo Star} stayed.\n",
    ]
    .iter()
    .enumerate()
    {
        teach(&mut tagger, nth as i64, marked);
    }
    assert_eq!(tagged(&tagger, text), ["SHIP Gozo Star"]);
    let entry = tagger.gazetteer().get("Gozo Star").unwrap();
    assert_eq!((entry.counts[1], entry.is_sure()), (3, true));

    for nth in 0..3 {
        assert!(tagger.forget(nth));
    }
    assert!(!tagger.forget(0));
    tagger.refit();
    assert_eq!(tagged(&tagger, text), before);
    assert_eq!(tagger.gazetteer().iter().count(), 0);
}

#[test]
fn the_same_articles_give_the_same_model_in_any_order() {
    let schema = schema(&["PERSON", "SHIP"]);
    let articles = [
        "body| On Friday the {SHIP Gozo Star} left with {PERSON Maria Borg}, and with the {SHIP Queen of Malta}.\n",
        "body| The Gozo Star stayed in port, said {PERSON Karl Vella} of the Queen of Malta.\n",
        "body| {PERSON Maria Borg} wrote that the {SHIP Pride of the Sea} is new.\n",
    ];
    let mut plain = OnlineTagger::new(TagModel::shipped(), &schema);
    for (nth, marked) in articles.iter().enumerate() {
        teach(&mut plain, nth as i64, marked);
    }
    let mut other = OnlineTagger::new(TagModel::shipped(), &schema);
    teach(&mut other, 2, articles[2]);
    teach(&mut other, 0, articles[1]);
    teach(&mut other, 7, articles[0]);
    teach(&mut other, 1, articles[1]);
    assert!(other.forget(7));
    teach(&mut other, 0, articles[0]);
    assert!(other.model() == plain.model());
    assert_eq!(other.gazetteer(), plain.gazetteer());
    let text = "The Queen of Malta, with Maria Borg and Karl Vella, met the Gozo Star.";
    assert_eq!(tagged(&other, text), tagged(&plain, text));
    // The same article again changes nothing.
    let document = notation::parse(articles[1]).unwrap();
    let all = vec![0..document.text.len()];
    assert!(!other.put(1, &document.text, all, document.annotation.entities()));
    assert_eq!(other.to_derive(), 0);
}

#[test]
fn a_name_that_was_confirmed_often_is_suggested_until_annotators_leave_it() {
    let schema = schema(&["VESSEL"]);
    let mut tagger = OnlineTagger::from_nothing(&schema);
    let unlike = "the rest of it, and quite another thing, was 5 kg of brandok, as ever";
    let text = "They want Brandok Trading.";
    for number in 0..12 {
        let marked =
            format!("body| {unlike}\nbody| It was {{VESSEL Brandok Trading}}, {number}.\n");
        teach(&mut tagger, number, &marked);
    }
    // The model by itself may miss it in other surroundings; what was confirmed does not.
    let own = |tagger: &OnlineTagger| {
        let words = Words::read(text, &[0..text.len()], tagger.start.lexicon());
        tagger.gazetteer().certain(text, &words.all).len()
    };
    assert_eq!(own(&tagger), 1);
    assert_eq!(tagged(&tagger, text), ["VESSEL Brandok Trading"]);
    for number in 12..14 {
        teach(&mut tagger, number, "body| They want Brandok Trading.\n");
    }
    assert_eq!(own(&tagger), 0, "left untagged twice of fourteen times");
    assert!(tagger.forget(12));
    tagger.refit();
    assert_eq!(own(&tagger), 1);
}

#[test]
fn unused_labels_lower_no_score() {
    let text = Text::new("He flew from Paris to Lisbon and met Maria Borg there.");
    let scores = |labels: &[&str]| -> Vec<f64> {
        OnlineTagger::new(TagModel::shipped(), &schema(labels))
            .suggest_in(&text, &[0..text.len()])
            .iter()
            .filter_map(|entity| Some(entity.provenance.score()?.value()))
            .collect()
    };
    let (few, many) = (
        scores(&["PERSON", "ORG", "LOC"]),
        scores(&["PERSON", "ORG", "GPE", "LOC", "SHIP", "LAW", "WORK"]),
    );
    assert_eq!(few.len(), 3, "{few:?}");
    assert_eq!(few.len(), many.len());
    for (few, many) in few.iter().zip(&many) {
        assert!((few - many).abs() < 0.05, "{few} {many}");
    }
}

#[test]
fn towns_and_seas_have_different_labels_if_the_schema_has_both() {
    let tagger = OnlineTagger::new(
        TagModel::shipped(),
        &schema(&["PERSON", "ORG", "GPE", "LOC"]),
    );
    let found = tagged(
        &tagger,
        "He flew from Paris to France and sailed the Mediterranean Sea.",
    );
    assert!(
        found.contains(&"GPE Paris".to_owned()) && found.contains(&"GPE France".to_owned()),
        "{found:?}"
    );
    assert!(
        found.contains(&"LOC Mediterranean Sea".to_owned()),
        "{found:?}"
    );
}

#[test]
fn each_language_of_a_dataset_learns_by_itself() {
    use crate::tag::OnlineTaggers;

    let schema = Arc::new(schema(&["PERSON", "SHIP"]));
    let mut taggers = OnlineTaggers::new(Arc::clone(&schema));
    let all = |text: &Text| vec![0..text.len()];
    let put = |taggers: &mut OnlineTaggers, number: i64, declared: &str, marked: &str| {
        let document = notation::parse(marked).unwrap();
        let (text, entities) = (&document.text, document.annotation.entities());
        assert!(taggers.put(number, text, declared, &all(text), entities));
    };
    for number in 0..6 {
        let english = "body| On Friday the {SHIP Gozo Star} left the port in the morning, said {PERSON Maria Borg}.\n";
        put(&mut taggers, number, "en", english);
    }
    let german =
        "body| Am Freitag verließ die {SHIP Blaue Möwe} den Hafen, sagte {PERSON Karl Weber}.\n";
    put(&mut taggers, 6, "de", german);
    taggers.refit();
    let ships = |taggers: &OnlineTaggers, declared: &str, text: &str| {
        let text = Text::new(text);
        let found = taggers.suggest_in(&text, declared, &all(&text));
        let found = found.iter().filter(|found| found.label == "SHIP");
        found
            .map(|found| text.slice(found.span).to_owned())
            .collect::<Vec<_>>()
    };
    let english = "On Monday the Gozo Star left the port again in the afternoon.";
    assert_eq!(ships(&taggers, "en", english), ["Gozo Star"]);
    // Nothing was learnt in French.
    let french = "Lundi, le navire a quitté le port à nouveau dans l'après-midi, dit Marie.";
    assert!(ships(&taggers, "fr", french).is_empty());
    assert_eq!(taggers.iter().count(), 2);
    assert_eq!(taggers.most_used().unwrap().articles(), 6);
    for number in 0..6 {
        assert!(taggers.forget(number));
    }
    taggers.refit();
    assert!(ships(&taggers, "en", english).is_empty());
}

#[test]
fn each_language_learns_from_its_own_blocks_of_a_mixed_article() {
    use crate::tag::OnlineTaggers;

    let schema = Arc::new(schema(&["PERSON", "SHIP"]));
    let mut taggers = OnlineTaggers::new(Arc::clone(&schema));
    let german = "Die Fähre nach Gozo blieb am Dienstag im Hafen, weil der Wind zu stark war, wie die Reederei am Abend mitteilte. Erst am Mittwoch soll die {SHIP Blaue Möwe} wieder fahren.";
    let english = "“We regret that the {SHIP Gozo Star} will not sail today, as winds of ninety kilometres an hour were forecast,” the company said in its statement to the press.";
    let mixed = notation::parse(&format!(
        "body| {german}\nbody| {english}\nbody| {german}\n"
    ))
    .unwrap();
    let all = [0..mixed.text.len()];
    let entities = mixed.annotation.entities();
    assert!(taggers.put(1, &mixed.text, "de", &all, entities));
    assert!(!taggers.put(1, &mixed.text, "de", &all, entities));
    taggers.refit();
    let known: Vec<(bool, bool)> = taggers
        .iter()
        .map(|one| {
            let names = one.gazetteer();
            let knows = |words: &str| names.get(words).is_some();
            (knows("Blaue Möwe"), knows("Gozo Star"))
        })
        .collect();
    assert_eq!(
        known,
        [(true, false), (false, true)],
        "German, then English"
    );
    // In the order of the text, whatever the language.
    let found = taggers.suggest_in(&mixed.text, "de", &all);
    assert!(found.is_sorted_by_key(|entity| entity.span));
    // An editor moves the statement out of the article.
    let rest = notation::parse(&format!("body| {german}\nbody| {german}\n")).unwrap();
    let entities = rest.annotation.entities();
    assert!(taggers.put(1, &rest.text, "de", &[0..rest.text.len()], entities));
    let articles: Vec<usize> = taggers.iter().map(OnlineTagger::articles).collect();
    assert_eq!(articles, [1, 0]);
    assert!(taggers.forget(1) && !taggers.forget(1));
}

#[test]
fn titles_stay_where_annotators_tag_them() {
    let schema = schema(&["PERSON"]);
    let mut tagger = OnlineTagger::new(TagModel::shipped(), &schema);
    assert!(!tagger.keeps_titles);
    let inside = "body| Yesterday {PERSON President Ann Lee} met {PERSON Minister Karl Vella}.\n";
    teach(&mut tagger, 1, inside);
    assert!(tagger.keeps_titles);
    let outside = "body| Then Minister {PERSON Karl Vella}, President {PERSON Ann Lee} and Dr. {PERSON Maria Borg} left.\n";
    teach(&mut tagger, 2, outside);
    assert!(!tagger.keeps_titles);
}

#[test]
fn a_label_of_names_without_capitals_is_learnt_from_a_few() {
    let schema = schema(&["PERSON", "DISEASE"]);
    let mut tagger = OnlineTagger::new(TagModel::shipped(), &schema);
    for (nth, marked) in [
        "body| The doctors found that many of the children had {DISEASE malaria} by then.\n",
        "body| She had {DISEASE malaria} twice, said {PERSON Maria Borg}, and never {DISEASE type 2 diabetes}.\n",
        "body| His uncle died of {DISEASE malaria} and his aunt of {DISEASE type 1 diabetes}.\n",
        "body| The fight against {DISEASE malaria} and {DISEASE type 2 diabetes} costs money.\n",
    ]
    .iter()
    .enumerate()
    {
        teach(&mut tagger, nth as i64, marked);
    }
    assert_eq!(
        tagged(
            &tagger,
            "In the north malaria is back, and more people have type 3 diabetes."
        ),
        ["DISEASE malaria", "DISEASE type 3 diabetes"]
    );
    let none: [&str; 0] = [];
    assert_eq!(
        tagged(
            &tagger,
            "The harbour was full, and the children were asleep by then."
        ),
        none
    );
}
