"""seqeval, conllu: tags in IOB2, and a reversible CoNLL-U."""

import pytest
from conftest import outermost, run, words

seqeval = pytest.importorskip("seqeval")
conllu = pytest.importorskip("conllu")


def conll_documents(path):
    documents = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.startswith("-DOCSTART-"):
            documents.append([[]])
        elif not line:
            documents[-1].append([])
        else:
            columns = line.split(" ")
            documents[-1][-1].append((columns[0], columns[-1]))
    return [[s for s in d if s] for d in documents]


def test_tags_are_strict_iob2(desk):
    from seqeval.metrics import f1_score
    from seqeval.metrics.sequence_labeling import get_entities
    from seqeval.scheme import IOB2, Entities
    documents = conll_documents(desk.export("conll", "all.conll", "--tokenizer", "spacy-like"))
    assert len(documents) == len(desk.records)
    tags = [[tag for _, tag in sentence] for d in documents for sentence in d]
    assert f1_score(tags, tags, mode="strict", scheme=IOB2) == 1.0
    found = [e for sentence in Entities(tags, IOB2).entities for e in sentence]
    assert len(found) == len([e for sentence in tags for e in get_entities(sentence)])
    # spaCy-like tokens cut at hyphens, so that nothing is lost here but what is nested.
    assert len(found) == sum(len(outermost(r)) for r in desk.records)


def test_the_words_of_each_entity(desk):
    back = desk.back(desk.export("conll", "all.conll", "--tokenizer", "spacy-like"), "conll")
    def flat(w):
        return "".join(w.split())
    told = sorted((l, flat(w)) for r in back.values() for l, w in words(r))
    ours = sorted((s["label"], flat(r["text"][s["start"]:s["end"]])) for r in desk.records for s in outermost(r))
    assert told == ours


def test_what_tokens_cannot_hold_is_told_and_refused(desk):
    told = run("export", desk.dataset, "--format", "conll", "--out", desk.folder / "told.conll").stderr
    assert "2 spans that cut a token left out (cut: \"Franco\", cut: \"German\")" in told
    assert "1 entity inside another, or with a second label, left out (emoji: \"Paris\")" in told
    strict = desk.folder / "strict.conll"
    run("export", desk.dataset, "--format", "conll", "--strict", "--out", strict, code=1)
    assert not strict.exists()


def test_conllu_is_reversible(desk):
    path = desk.export("conllu", "all.conllu")
    with open(path, encoding="utf-8", newline="\n") as file:
        sentences = list(conllu.parse_incr(file))
    assert len({s.metadata["newdoc id"] for s in sentences if "newdoc id" in s.metadata}) == len(desk.records)
    found = [t["misc"]["NER"] for s in sentences for t in s if t["misc"] and "NER" in t["misc"]]
    assert found.count("B-GPE") == sum(1 for r in desk.records for s in outermost(r) if s["label"] == "GPE")
    again = desk.folder / "again.conllu"
    again.write_text("".join(s.serialize() for s in sentences), encoding="utf-8", newline="\n")
    assert desk.back(again, "conllu") == desk.by_id()
