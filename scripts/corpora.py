"""The openly licensed texts that the extractor's models are trained on, with the fold of each.

`DATA` is a folder with `comments/`, `stories/`, `entities/` and `regions/`, each with a MANIFEST.md that names sources and licences.
All texts of one site, thread or document are in one fold, so that a model can be scored on folds that it has not seen.
"""

import gzip
import hashlib
import json
import re
import sys
from pathlib import Path

FOLDS = 4

# Sets of regions that the shipped weights may be trained on.
REGION_SETS = ["scrapinghub", "fundus", "wcxb"]

# Sets of comments and their weights: comments under news count most, discussions of other matters less.
COMMENT_SETS = {
    "written": 4.0, "fox_news_threads": 1.0, "civil_comments_toxic": 0.5, "ro_offense": 0.7, "ko_kocohub": 0.7, "es_decide_madrid": 0.8,
    "de_cimt": 0.8, "polis_de": 0.5, "polis_en": 0.5, "tr_corona_mini": 1.0, "wikipedia_talk": 0.3,
}

# Running text and its weights: news, or other text for languages without openly licensed news.
STORY_SETS = {
    "stories/en_gmb_voa": 1.0, "stories/fr_wikinews": 1.0, "stories/ja_wikinews": 1.0, "stories/pl_mixed": 0.5, "stories/ru_news": 1.0,
    "entities/languages/de_germeval14": 0.7, "entities/languages/de_uner_pud": 1.0, "entities/languages/ko_klue": 0.7,
    "entities/languages/ro_ronec": 1.0, "entities/languages/tr_wikiner": 0.6, "entities/languages/pt_uner_bosque": 1.0,
    "entities/languages/sv_uner_talbanken": 0.6, "entities/languages/zh_uner_gsdsimp": 0.7, "entities/languages/hi_hiner": 0.5,
    **{f"entities/written/{language}": 1.5 for language in "ar cs de en es fr it nl pl uk".split()},
}

# Scraped dumps that were written to train the extractor; see written_dumps.
WRITTEN = Path(__file__).resolve().parent.parent / "assets/extractor/written"

LABELS = {"b": "body", "n": "nav", "c": "comment"}

SENTENCE_END = re.compile(r"(?<=[.!?…][\"”»’')\]])\s+|(?<=[.!?…])\s+|(?<=[。！？])")


def number_of(name):
    """Returns a number that depends only on the name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big")


def fold_of(group):
    return number_of(group) % FOLDS


def rows(path):
    path = Path(path)
    if not path.exists():
        return
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def comments(data):
    """Yields (set, weight, language, group, record)."""
    for name, weight in COMMENT_SETS.items():
        for record in rows(Path(data) / "comments" / f"{name}.jsonl.gz"):
            group = record.get("thread") or record["id"]
            yield name, weight, record["language"], f"{name}/{group}", record


def stories(data):
    """Yields (set, weight, language, group, record)."""
    for name, weight in STORY_SETS.items():
        for record in rows(Path(data) / f"{name}.jsonl.gz"):
            language = record.get("language") or name.split("/")[-1].split("_")[0]
            yield name, weight, language, f"{name}/{record['id']}", record


def labelled_lines(record):
    """Returns the lines of a text with their labels; text outside all regions is `nav`."""
    text = record["text"]
    labels = ["nav"] * len(text)
    for region in record["regions"]:
        labels[region["start"] : region["end"]] = [region["label"]] * (region["end"] - region["start"])
    at, out = 0, []
    for line in text.split("\n"):
        inside = [labels[at + i] for i, c in enumerate(line) if not c.isspace()]
        if inside:
            out.append((line.strip(), max(sorted(set(inside)), key=inside.count)))
        at += len(line) + 1
    return out


def paragraphs(text, group):
    """Splits running text without paragraphs into paragraphs of one to four sentences."""
    number, out = number_of(group), []
    for line in text.split("\n"):
        sentences = [sentence for sentence in SENTENCE_END.split(line.strip()) if sentence and sentence.strip()]
        while sentences:
            count = number % 4 + 1
            number = number // 4 or number_of(group + str(len(sentences)))
            out.append(" ".join(sentences[:count]))
            sentences = sentences[count:]
    return out


def dumps(data):
    """Yields the scraped dumps that weights may be trained on: those of DATA and those of this repository."""
    yield from rows(Path(data) / "regions/dumps-train/dumps-train.jsonl")
    for path in sorted(WRITTEN.glob("*.txt")):
        yield from written_dumps(path)


def written_dumps(path):
    """Yields the dumps of a file.

    A dump begins with a line `%% LANGUAGE | DESCRIPTION`. Each line of it begins with the label of its text: `b` body, `n` nav,
    `c` a new comment, `.` more of that comment. `{b}`, `{n}` and `{c}` change the label inside a line.
    """
    parts = re.split(r"^%% *", path.read_text(encoding="utf-8"), flags=re.M)[1:]
    for number, part in enumerate(parts, 1):
        head, _, lines = part.partition("\n")
        language, kind = head.split(" | ", 1)
        text, regions = "", []
        for line in lines.rstrip("\n").split("\n"):
            mark, rest = line[:1], line[2:]
            if not line.strip():
                mark, rest = "", ""
            elif mark not in "bnc." or line[1:2] != " ":
                sys.exit(f"{path}: dump {number}: a line without a label: {line}")
            cut = re.split(r"\{([bnc])\}", rest)
            for mark, piece in zip([mark, *cut[1::2]], cut[::2]):
                start = len(text) + len(piece) - len(piece.lstrip())
                text += piece
                if not piece.strip():
                    continue
                label = LABELS.get(mark, "comment")
                if mark != "c" and regions and regions[-1]["label"] == label:
                    regions[-1]["end"] = len(text.rstrip())
                else:
                    regions.append({"start": start, "end": len(text.rstrip()), "label": label})
            text += "\n"
        yield {"id": f"train-{language}-{path.stem}-{number:02}", "text": text, "regions": regions, "language": language, "meta": {"kind": kind}}
