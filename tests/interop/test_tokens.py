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
    assert "1 nested entity, or second label of a span, left out (emoji: \"Paris\")" in told
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


@pytest.mark.parametrize("kind", ["bytes", "pieces", "unigram"])
def test_a_models_own_tokens_are_those_of_its_library(desk, kind):
    """A tokenizer.json as a user has it, made and asked by the library itself."""
    tokenizers = pytest.importorskip("tokenizers")
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
    if kind == "bytes":  # as GPT-2 and RoBERTa
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
        tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
        trainer = trainers.BpeTrainer(vocab_size=600, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    elif kind == "pieces":  # as BERT
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = trainers.WordPieceTrainer(vocab_size=300, special_tokens=["[UNK]", "[CLS]", "[SEP]"])
    else:  # as T5 and XLM-R
        tokenizer = Tokenizer(models.Unigram())
        tokenizer.normalizer = normalizers.NFKC()
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        tokenizer.decoder = decoders.Metaspace()
        trainer = trainers.UnigramTrainer(vocab_size=200, unk_token="<unk>", special_tokens=["<unk>"])
    tokenizer.train_from_iterator([r["text"] for r in desk.records], trainer)
    if kind == "pieces":
        tokenizer.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    tokenizer.enable_truncation(8)  # of which an export knows nothing
    path = desk.folder / f"{kind}.json"
    tokenizer.save(str(path))
    tokenizer.no_truncation()
    documents = conll_documents(desk.export("conll", f"{kind}.conll", "--tokenizer", path))
    for document, record in zip(documents, desk.records, strict=True):
        text = record["text"]
        pieces = []
        for start, end in tokenizer.encode(text, add_special_tokens=False).offsets:
            words = text[start:end]
            start, end = start + len(words) - len(words.lstrip()), start + len(words.rstrip())
            if start >= end:  # white space is no token
                continue
            if pieces and start < pieces[-1][1]:  # those of one character are one
                pieces[-1] = (pieces[-1][0], max(end, pieces[-1][1]))
            else:
                pieces.append((start, end))
        grown = []  # accents that the model strips go with their letters
        for start, end in pieces:
            after = grown[-1][1] if grown else 0
            gap = text[after:start]
            if gap and not gap.isspace():
                kept = gap.rstrip() if gap[-1].isspace() else gap
                assert grown and kept == kept.lstrip(), (record["id"], gap)
                grown[-1] = (grown[-1][0], after + len(kept))
            grown.append((start, end))
        pieces = grown
        ours = [token for sentence in document for token, _ in sentence]
        assert ours == [text[s:e] for s, e in pieces], record["id"]
        tags = [tag for sentence in document for _, tag in sentence]
        told = {tag for tag in tags if tag.startswith("B-")}
        edges = ({s for s, _ in pieces}, {e for _, e in pieces})
        fits = [s for s in outermost(record) if s["start"] in edges[0] and s["end"] in edges[1]]
        assert told >= {"B-" + s["label"] for s in fits}, record["id"]
        assert sum(tag.startswith("B-") for tag in tags) >= len(fits)
