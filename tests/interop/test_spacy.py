"""spaCy: DocBin, `spacy convert`, training for a few steps, and reading what spaCy writes."""

import subprocess
import sys

import pytest
from conftest import outermost, run, words

spacy = pytest.importorskip("spacy")
from spacy.tokens import DocBin, Doc  # noqa: E402
from spacy.training import Example  # noqa: E402


def docs(path, nlp):
    return list(DocBin().from_disk(path).get_docs(nlp.vocab))


def test_every_span_covers_the_same_words(desk):
    nlp = spacy.blank("en")
    loaded = {d.user_data["copydesk"]["id"]: d for d in docs(desk.export("spacy", "all.spacy"), nlp)}
    assert loaded.keys() == desk.by_id().keys()
    for id, record in desk.by_id().items():
        doc = loaded[id]
        assert doc.text == record["text"]
        for kind in ("regions", "entities"):
            assert [(s.label_, s.text) for s in doc.spans[kind]] == words(record, kind), id
            assert [(s.start_char, s.end_char) for s in doc.spans[kind]] == \
                [(s["start"], s["end"]) for s in record[kind]], id
        assert [(e.start_char, e.end_char, e.label_) for e in doc.ents] == \
            [(s["start"], s["end"], s["label"]) for s in outermost(record)], id


def test_reviewed_and_empty_is_not_the_same_as_not_reviewed(desk):
    nlp = spacy.blank("en")
    done = {d.user_data["copydesk"]["id"]: d for d in docs(desk.export("spacy", "all.spacy"), nlp)}["none"]
    assert all(token.ent_iob == 2 for token in done) and done.has_annotation("ENT_IOB")
    fresh = desk.folder / "fresh.jsonl"
    fresh.write_text('{"id":"new","text":"Nobody looked at this."}\n')
    path = desk.folder / "fresh.spacy"
    run("convert", fresh, "--to", "spacy", "--out", path)
    [doc] = docs(path, nlp)
    assert all(token.ent_iob == 0 for token in doc) and not doc.has_annotation("ENT_IOB")


def test_what_nobody_looked_at_is_missing(desk):
    """Tokens in regions without entities are unknown to spaCy, and its training passes over them."""
    nlp = spacy.blank("en")
    loaded = {d.user_data["copydesk"]["id"]: d for d in docs(desk.export_as_usual("spacy", "usual.spacy"), nlp)}
    emoji = loaded["emoji"]
    assert [token.ent_iob for token in emoji if token.text == "Home"] == [0]
    assert [token.ent_iob for token in emoji if token.text in ("visited", "Angela")] == [3, 2]
    example = Example(nlp.make_doc(emoji.text), emoji)
    told = dict(zip([token.text for token in example.predicted], example.get_aligned_ner()))
    assert told["Home"] is None and told["visited"] == "O", told
    assert emoji.text == desk.by_id()["emoji"]["text"], "the text is whole"


def test_blocks_are_documents_with_categories(desk):
    nlp = spacy.blank("en")
    blocks = docs(desk.export_as_usual("spacy", "blocks.spacy", "--unit", "block"), nlp)
    labels = {label for doc in blocks for label in doc.cats}
    assert labels == {"nav", "body", "comment"}
    for doc in blocks:
        assert sorted(doc.cats.values()) == [0, 0, 1]
        assert all(token.ent_iob == 0 for token in doc), "nothing is said of entities"
        facts = doc.user_data["copydesk"]
        assert desk.by_id()[facts["article"]]["text"][int(facts["start"]):int(facts["end"])] == doc.text
    textcat = nlp.add_pipe("textcat")
    for label in sorted(labels):
        textcat.add_label(label)
    examples = [Example(nlp.make_doc(doc.text), doc) for doc in blocks]
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(3):
        losses = nlp.update(examples, sgd=optimizer)
    assert losses["textcat"] >= 0


def test_what_spacy_writes_is_read(desk):
    nlp = spacy.blank("en")
    loaded = docs(desk.export("spacy", "all.spacy"), nlp)
    path = desk.folder / "again.spacy"
    DocBin(docs=loaded, store_user_data=True).to_disk(path)
    back = desk.back(path, "spacy")
    for id, record in desk.by_id().items():
        assert back[id] == record
    # A document that knows nothing of us: entities from doc.ents, in spaCy's own tokens.
    doc = nlp("X 😀 Angela Merkel\n\nin PERSON city.")
    doc.set_ents([doc.char_span(4, 17, label="PERSON")], default="outside")
    doc.spans["sc"] = [doc.char_span(4, 10, label="GPE")]
    DocBin(docs=[doc]).to_disk(path)
    [foreign] = desk.back(path, "spacy").values()
    assert foreign["text"] == doc.text
    assert words(foreign) == [("PERSON", "Angela Merkel"), ("GPE", "Angela")]


def test_a_tagger_is_trained_on_an_export(desk):
    nlp = spacy.blank("en")
    ner = nlp.add_pipe("ner")
    examples = []
    for doc in docs(desk.export("spacy", "all.spacy"), nlp):
        # spaCy's own tokens against ours: it aligns the two.
        examples.append(Example(nlp.make_doc(doc.text), doc))
    for example in examples:
        for entity in example.reference.ents:
            ner.add_label(entity.label_)
    spacy.util.fix_random_seed(0)
    nlp.initialize(lambda: examples)
    for _ in range(25):
        nlp.update(examples, losses={})
    found = [(e.text, e.label_) for e in nlp("Minister Ada Borg of Malta spoke to Reuters on Monday.").ents]
    assert ("Ada Borg", "PERSON") in found and ("Malta", "GPE") in found, found
    scores = nlp.evaluate(examples)
    assert scores["ents_f"] > 0.8, scores["ents_f"]


def test_blocks_are_classified_by_region(desk):
    nlp = spacy.blank("en")
    textcat = nlp.add_pipe("textcat")
    labels = ("body", "comment", "nav")
    for label in labels:
        textcat.add_label(label)
    examples = []
    for doc in docs(desk.export("spacy", "all.spacy"), nlp):
        for region in doc.spans["regions"]:
            block = nlp.make_doc(region.text)
            examples.append(Example.from_dict(block, {"cats": {l: float(l == region.label_) for l in labels}}))
    spacy.util.fix_random_seed(0)
    nlp.initialize(lambda: examples)
    for _ in range(20):
        nlp.update(examples, losses={})
    cats = nlp("Storm number 5 closed the ferry to Gozo.").cats
    assert max(cats, key=cats.get) == "body", cats


def test_spacy_converts_the_conll(desk):
    conll = desk.export("conll", "all.conll", "--tokenizer", "spacy-like")
    out = desk.folder / "converted"
    out.mkdir(exist_ok=True)
    done = subprocess.run([sys.executable, "-m", "spacy", "convert", str(conll), str(out), "-c", "conll", "-n", "1"],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    nlp = spacy.blank("en")
    found = sorted((e.label_, e.text) for doc in docs(out / "all.spacy", nlp) for e in doc.ents)
    assert ("PERSON", "Angela Merkel") in found and ("ORG", "Bank of Paris") in found
    assert found.count(("GPE", "Gozo")) == 13


def test_prodigy_spans_are_spacys_char_spans(desk):
    import json
    nlp = spacy.blank("en")
    for line in desk.export("prodigy", "all.prodigy.jsonl").read_text(encoding="utf-8").split("\n"):
        if not line:
            continue
        task = json.loads(line)
        doc = Doc(nlp.vocab, words=[t["text"] for t in task["tokens"]], spaces=[t["ws"] for t in task["tokens"]])
        assert [t["text"] for t in task["tokens"]] == [task["text"][t["start"]:t["end"]] for t in task["tokens"]]
        for s in task["spans"]:
            # token_end is inclusive.
            first, last = task["tokens"][s["token_start"]], task["tokens"][s["token_end"]]
            assert (first["start"], last["end"]) == (s["start"], s["end"])
            assert doc[s["token_start"]:s["token_end"] + 1] is not None
            exact = nlp.make_doc(task["text"]).char_span(s["start"], s["end"], alignment_mode="expand")
            assert exact is not None and task["text"][s["start"]:s["end"]] in exact.text
