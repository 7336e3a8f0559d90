"""A dataset of articles with everything that breaks offsets, and helpers that run the program."""

import json
import os
import subprocess
from pathlib import Path

import pytest

COPYDESK = os.environ.get("COPYDESK", "copydesk")


def span(text, words, label, nth=0):
    """Returns the nth position of some words, in code points."""
    at = -1
    for _ in range(nth + 1):
        at = text.index(words, at + 1)
    return {"start": at, "end": at + len(words), "label": label}


def record(id, text, regions=(), entities=(), **more):
    return {
        "format": "copydesk/1", "id": id, "text": text,
        "regions": sorted(regions, key=lambda s: s["start"]),
        "entities": sorted(entities, key=lambda s: (s["start"], -s["end"], s["label"])),
        "status": "done", "annotator": "maria", "updated_at": "2026-11-22T18:24:05Z",
        "language": "en", "url": f"https://news.example/{id}", "source": "", "suggested_by": [], "meta": {"byline": "J. Doe"}, **more,
    }


def records():
    out = []
    emoji = "Home\nA😀 Angela Merkel visited Paris.\nShe met staff of the Bank of Paris."
    out.append(record("emoji", emoji,
        [span(emoji, "Home", "nav"), span(emoji, emoji[5:], "body")],
        [span(emoji, "Angela Merkel", "PERSON"), span(emoji, "Paris", "GPE"), span(emoji, "Bank of Paris", "ORG"),
         span(emoji, "Paris", "GPE", 1)]))
    family = "👩\u200d👩\u200d👧 Zoe\u0308 Kra\u0301l lives in Košice."
    out.append(record("family", family, [span(family, family, "body")],
        [span(family, "Zoe\u0308 Kra\u0301l", "PERSON"), span(family, "Košice", "GPE")]))
    windows = "First line.\r\nThe\u00a0Hague waits.\r\n\r\nLast  line, two spaces."
    out.append(record("windows", windows, [span(windows, "First line.", "nav"), span(windows, windows[13:], "body")],
        [span(windows, "The\u00a0Hague", "GPE")]))
    hebrew = "שלום, ירושלים מחכה. Jerusalem."
    out.append(record("hebrew", hebrew, [span(hebrew, hebrew, "body")],
        [span(hebrew, "ירושלים", "GPE"), span(hebrew, "Jerusalem", "GPE")]))
    edges = "Malta waits for Gozo"
    out.append(record("edges", edges, [span(edges, edges, "body")],
        [span(edges, "Malta", "GPE"), span(edges, "Gozo", "GPE")]))
    inside = "A Franco-German plan, pro-Russian voices."
    out.append(record("cut", inside, [span(inside, inside, "body")],
        [span(inside, "Franco", "NORP"), span(inside, "German", "NORP"), span(inside, "Russian", "NORP")]))
    nobody = "Nobody is named here.\n\nI agree with the writer."
    out.append(record("none", nobody, [span(nobody, "Nobody is named here.", "body"),
        span(nobody, "I agree with the writer.", "comment")]))
    for n in range(12):
        text = f"Storm number {n} closed the ferry to Gozo.\nMinister Ada Borg of Malta spoke to Reuters on Monday."
        out.append(record(f"storm-{n:02}", text, [span(text, text, "body")],
            [span(text, "Gozo", "GPE"), span(text, "Ada Borg", "PERSON"), span(text, "Malta", "GPE"),
             span(text, "Reuters", "ORG")]))
    return out


def run(*words, code=0):
    done = subprocess.run([COPYDESK, *map(str, words)], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == code, f"{words}: {done.returncode}\n{done.stderr}"
    return done


class Desk:
    """A dataset and its exports."""

    def __init__(self, folder):
        self.folder = folder
        self.records = records()
        self.native = folder / "native.jsonl"
        self.native.write_text("".join(json.dumps(r) + "\n" for r in self.records), encoding="utf-8")
        self.dataset = folder / "desk.copydesk"
        run("import", self.dataset, self.native)

    def export(self, format, name, *more):
        """Whole articles, so that they can be compared with what comes back."""
        return self.export_as_usual(format, name, "--outside", "negative", "--windows", "off", *more)

    def export_as_usual(self, format, name, *more):
        out = self.folder / name
        if not out.exists():
            run("export", self.dataset, "--format", format, "--out", out, *more)
        return out

    def back(self, path, format, *more):
        """Returns the records that the program reads from a file that another program wrote."""
        lines = run("convert", path, "--from", format, *more).stdout.split("\n")
        return {r["id"]: r for r in map(json.loads, filter(None, lines))}

    def by_id(self):
        return {r["id"]: r for r in self.records}


@pytest.fixture(scope="session")
def desk(tmp_path_factory):
    return Desk(tmp_path_factory.mktemp("interop"))


def words(record, kind="entities"):
    """Returns label and words of each span, on which every reader must agree."""
    return [(s["label"], record["text"][s["start"]:s["end"]]) for s in record[kind]]


def outermost(record):
    """The entities that flat formats can hold."""
    out, end = [], 0
    for s in record["entities"]:
        if s["start"] >= end:
            out.append(s)
            end = s["end"]
    return out
