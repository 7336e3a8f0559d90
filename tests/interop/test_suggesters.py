"""Other programs as suggesters of a dataset: each example, with a model that is made here or a server on loopback."""

import json
import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import COPYDESK

EXAMPLES = Path(__file__).parents[2] / "examples" / "suggesters"
PEOPLE = ["Ada Borg", "Karl Vella", "Maria Galea", "Tom Micallef", "Rita Zammit", "Paul Camilleri", "Eve Farrugia", "Joe Attard"]
PLACES = ["Malta", "Gozo", "Paris", "Košice"]


def sentence(n):
    return f"Minister {PEOPLE[n % len(PEOPLE)]} of {PLACES[n % len(PLACES)]} spoke to Reuters on day {n}."


def entities(text):
    found = []
    for names, label in ((PEOPLE, "PERSON"), (PLACES, "GPE"), (["Reuters"], "ORG")):
        for name in names:
            found += [{"start": m.start(), "end": m.end(), "label": label} for m in re.finditer(re.escape(name), text)]
    return sorted(found, key=lambda one: one["start"])


class Dataset:
    """A dataset with eight finished articles and four that nobody has opened."""

    def __init__(self, folder):
        self.folder = folder
        self.path = folder / "news.copydesk"
        with open(folder / "in.jsonl", "w", encoding="utf-8") as file:
            for n in range(12):
                text = f"😀 {sentence(n)}\n{sentence(n + 1)}"
                if n < 8:
                    record = {
                        "id": f"a{n}", "text": text, "regions": [{"start": 0, "end": len(text), "label": "body"}],
                        "entities": entities(text), "status": "done", "annotator": "maria",
                    }
                else:
                    # A page, whose paragraphs the extractor takes for the story.
                    paragraphs = "".join(f"<p>{line}</p>" for line in text.split("\n"))
                    record = {"id": f"a{n}", "html": f"<html><body><article>{paragraphs}</article></body></html>"}
                file.write(json.dumps(record) + "\n")
        self.run("import", self.path, folder / "in.jsonl")

    def run(self, *words, codes=(0,)):
        env = {**os.environ, "COPYDESK_SETTINGS": str(self.folder / "settings.toml"), "HF_HUB_OFFLINE": "1"}
        done = subprocess.run([COPYDESK, *map(str, words)], capture_output=True, text=True, encoding="utf-8", env=env)
        assert done.returncode in codes, f"{words}: {done.returncode}\n{done.stderr}"
        return done

    def add(self, name, program, *words):
        command = " ".join([sys.executable, str(EXAMPLES / program), *map(str, words)])
        self.run("suggesters", "add", self.path, name, "--command", command, "--time-limit", "120s")
        self.run("suggesters", "use", self.path, f"all={name}")

    def compare(self, name):
        compared = json.loads(self.run("suggesters", "compare", self.path, "--json").stdout)
        assert compared["articles"] == 8
        return next(row for row in compared["rows"] if row["name"] == name)

    def suggested(self):
        """Asks about the open articles and returns their records."""
        self.run("suggesters", "run", self.path)
        out = self.folder / "out.jsonl"
        self.run("export", self.path, "--status", "any", "--scores", "--out", out)
        with open(out, encoding="utf-8", newline="\n") as file:
            records = [json.loads(line) for line in file]
        return [record for record in records if record["status"] == "todo"]


@pytest.fixture
def dataset(tmp_path):
    return Dataset(tmp_path)


def check(dataset, name, model, lowest=0.9):
    """The suggester is as good as its model, suggests for what is open, and is named."""
    row = dataset.compare(name)
    assert (row["failed"], row["refused"]) == (0, 0), row
    assert model in row["model"], row
    assert row["f1"] >= lowest, row
    records = dataset.suggested()
    assert len(records) == 4
    for record in records:
        assert any(model in one["name"] for one in record["suggested_by"]), record["suggested_by"]
        assert all(record["text"][one["start"]:one["end"]].strip() for one in record["entities"])
    return row, records


def test_spacy_with_a_pipeline_that_is_trained_here(dataset):
    import spacy
    from spacy.training import Example

    nlp = spacy.blank("en")
    nlp.meta.update(name="storm", version="0.1.2")
    nlp.add_pipe("ner")
    examples = []
    for n in range(24):
        text = sentence(n)
        # The labels of the model, which are not those of the dataset.
        spans = [(one["start"], one["end"], one["label"].replace("PERSON", "PER")) for one in entities(text)]
        examples.append(Example.from_dict(nlp.make_doc(text), {"entities": spans}))
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(25):
        nlp.update(examples, sgd=optimizer)
    nlp.to_disk(dataset.folder / "storm")
    dataset.add("spacy", "spacy_ner.py", dataset.folder / "storm")
    row, records = check(dataset, "spacy", "spaCy en_storm")
    assert row["model"] == "spaCy en_storm 0.1.2"
    assert row["saved_per_100"] > 0
    for record in records:
        found = {(one["start"], one["end"], one["label"]) for one in record["entities"]}
        gold = {(one["start"], one["end"], one["label"]) for one in entities(record["text"])}
        assert len(found & gold) >= len(gold) - 1, record


def mark(text):
    """What a good language model would answer."""
    for name, label in [(name, "PERSON") for name in PEOPLE] + [(name, "GPE") for name in PLACES] + [("Reuters", "ORG")]:
        text = text.replace(name, f"[{name}]({label})")
    return text


class LanguageModel:
    """A server with OpenAI's interface on loopback."""

    def __init__(self, answer):
        self.requests = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append((self.path, dict(self.headers), body))
                content = answer(body["messages"][-1]["content"])
                status = 200 if isinstance(content, str) else content
                reply = json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *words):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}/v1"


def test_a_language_model_marks_text(dataset, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "not a secret")
    with LanguageModel(lambda text: f"<think>Who is named?</think>\n```\n{mark(text)}\n```") as model:
        dataset.add("qwen", "language_model.py", "--url", model.url, "--model", "qwen3:8b")
        row, _ = check(dataset, "qwen", "qwen3:8b", lowest=1.0)
        assert row["saved_per_100"] > 0
    path, headers, body = model.requests[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer not a secret"
    assert body["model"] == "qwen3:8b" and body["temperature"] == 0
    assert "PERSON" in body["messages"][0]["content"]


def test_a_language_model_that_changes_the_text_moves_no_mark(dataset):
    # It invents a name, drops the emoji and changes the white space.
    def answer(text):
        return mark(text).replace("😀 ", "").replace(" spoke", "  spoke").replace("day", "[Zoe Invented](PERSON) day")

    with LanguageModel(answer) as model:
        dataset.add("qwen", "language_model.py", "--url", model.url, "--model", "m")
        row = dataset.compare("qwen")
        assert row["f1"] == 1.0, row
        assert row["refused"] == 16, row


def test_a_language_model_that_talks_or_fails_gives_no_suggestions_and_says_why(dataset):
    for answer, why in ((lambda text: "I am sorry, I cannot do that.", "not the article's"), (lambda text: 500, "HTTP Error 500")):
        with LanguageModel(answer) as model:
            dataset.add("qwen", "language_model.py", "--url", model.url, "--model", "m")
            compared = json.loads(dataset.run("suggesters", "compare", dataset.path, "--json", codes=(3,)).stdout)
            row = next(row for row in compared["rows"] if row["name"] == "qwen")
            assert row["failed"] == 8 and not row["competes"]
            assert why in row["problems"][0], row
            dataset.run("suggesters", "remove", dataset.path, "qwen")


def words_of_all():
    return sorted({word for n in range(40) for word in re.findall(r"\w+|[^\w\s]", sentence(n))} | {"😀"})


def tiny_tokenizer(folder):
    """A tokenizer that knows the words of these articles."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary = {word: at for at, word in enumerate(special + words_of_all())}
    words = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation()])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=words, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]",
        model_max_length=64,
    )
    fast.save_pretrained(folder)
    return fast


def test_hugging_face_with_a_tiny_model_that_is_trained_here(dataset):
    pytest.importorskip("torch", reason="PyTorch is not installed; make interop-full installs it")
    pytest.importorskip("transformers", reason="transformers is not installed; make interop-full installs it")
    import torch
    from transformers import BertConfig, BertForTokenClassification

    torch.manual_seed(1)
    folder = dataset.folder / "tiny-bert"
    tokenizer = tiny_tokenizer(folder)
    names = ["O", "B-PER", "I-PER", "B-GPE", "I-GPE", "B-ORG", "I-ORG"]
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=64, id2label=dict(enumerate(names)), label2id={name: at for at, name in enumerate(names)},
    )
    model = BertForTokenClassification(config)
    texts = [f"😀 {sentence(n)}\n{sentence(n + 1)}" for n in range(32)]
    batch = tokenizer(texts, return_offsets_mapping=True, padding=True, return_tensors="pt")
    offsets = batch.pop("offset_mapping")
    labels = torch.zeros_like(batch["input_ids"])
    for row, text in enumerate(texts):
        for one in entities(text):
            tag = one["label"].replace("PERSON", "PER")
            for at, (start, end) in enumerate(offsets[row].tolist()):
                if one["start"] <= start < end <= one["end"]:
                    labels[row, at] = names.index(("B-" if start == one["start"] else "I-") + tag)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(60):
        optimizer.zero_grad()
        model(**batch, labels=labels).loss.backward()
        optimizer.step()
    model.eval()
    model.save_pretrained(folder)
    dataset.add("bert", "hugging_face.py", folder)
    _, records = check(dataset, "bert", "tiny-bert")
    assert all(0 < one["score"] <= 1 for record in records for one in record["entities"])


def test_gliner_with_a_tiny_model_that_is_made_here(dataset):
    pytest.importorskip("torch", reason="PyTorch is not installed; make interop-full installs it")
    pytest.importorskip("gliner", reason="GLiNER is not installed; make interop-full installs it")
    from gliner import GLiNER, GLiNERConfig
    from transformers import BertConfig, BertModel

    folder = dataset.folder / "tiny-gliner"
    backbone = dataset.folder / "tiny-backbone"
    tokenizer = tiny_tokenizer(backbone)
    encoder = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=128,
    )
    BertModel(encoder).save_pretrained(backbone)
    config = GLiNERConfig(model_name=str(backbone), encoder_config=encoder.to_dict(), hidden_size=32, max_width=6, max_len=96)
    model = GLiNER.from_config(config) if hasattr(GLiNER, "from_config") else GLiNER(config)
    model.save_pretrained(str(folder))
    # It is not trained: its suggestions mean nothing, but each must fit its article.
    dataset.add("gliner", "gliner_ner.py", folder, "--threshold", "0.45")
    check(dataset, "gliner", "tiny-gliner", lowest=0.0)
