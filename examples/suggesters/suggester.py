"""What every suggester for Copydesk shares: reads records, writes answers. Python 3.9 or newer, no dependency.

    from suggester import Suggestion, serve

    def suggest(text: str) -> list[Suggestion]:
        return [Suggestion(0, 5, "PERSON", 0.9)]

    serve("my model", "1.0", suggest)

Offsets count code points, as Python's strings do. A function may also return the text with marks, such as
`[Ada Borg](PERSON) spoke.`: Copydesk finds their places. docs/suggesters.md describes the protocol.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, TextIO, Tuple, Union

#: Labels that models and datasets call differently. The first one that the dataset has is used.
SAME: Mapping[str, Tuple[str, ...]] = {
    "PER": ("PERSON",),
    "PERSON": ("PER",),
    "ORGANIZATION": ("ORG",),
    "ORG": ("ORGANIZATION", "COMPANY"),
    "LOCATION": ("LOC", "GPE"),
    "LOC": ("LOCATION", "GPE", "PLACE"),
    "GPE": ("LOC", "LOCATION", "PLACE"),
    "FAC": ("LOC",),
}


@dataclass(frozen=True)
class Suggestion:
    """A suggested entity. The end is excluded."""

    start: int
    end: int
    label: str
    #: From 0 to 1; None counts as certain.
    score: Optional[float] = None


#: What a model says of a text: entities, or the text with marks.
Answer = Union[List[Suggestion], str]


def wanted_labels() -> List[str]:
    """The entity labels of the dataset, which Copydesk passes on; empty if the program was started by hand."""
    return [label for label in os.environ.get("COPYDESK_LABELS", "").split(",") if label]


class Labels:
    """Translates a model's labels into the dataset's."""

    def __init__(self, chosen: Mapping[str, str], wanted: Optional[List[str]] = None) -> None:
        self.chosen = dict(chosen)
        self.wanted = wanted_labels() if wanted is None else wanted

    def of_dataset(self, label: str) -> Optional[str]:
        """The dataset's label; None if it has none for this."""
        if label in self.chosen:
            return self.chosen[label]
        if not self.wanted or label in self.wanted:
            return label
        same = (other for other in SAME.get(label.upper(), ()) if other in self.wanted)
        return next(same, None)


def add_label_option(parser: argparse.ArgumentParser) -> None:
    """Adds `--label MODEL=DATASET`, which may be repeated."""
    parser.add_argument(
        "--label", action="append", default=[], metavar="MODEL=DATASET",
        help="the dataset's label for a label of the model, such as PER=PERSON; repeat the option",
    )


def chosen_labels(words: List[str]) -> Dict[str, str]:
    """What `--label` says."""
    pairs = [word.partition("=") for word in words]
    return {model: dataset for model, _, dataset in pairs}


def pieces(text: str, longest: int) -> Iterator[Tuple[int, str]]:
    """Cuts a text into pieces of at most so many characters with their offsets: at line breaks, else at full stops or
    spaces."""
    start = 0
    for line in text.splitlines(keepends=True):
        at = 0
        while len(line) - at > longest:
            cut = max(line.rfind(". ", at, at + longest) + 1, 0) or line.rfind(" ", at, at + longest)
            cut = cut if cut > at else at + longest
            yield start + at, line[at:cut]
            at = cut
        if line[at:].strip():
            yield start + at, line[at:]
        start += len(line)


def _answers() -> TextIO:
    """The stream for answers. Whatever a library prints goes to standard error from now on."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    return answers


def serve(name: str, version: str, suggest: Callable[[str], Answer], answers: Optional[TextIO] = None) -> None:
    """Answers each record on standard input until it ends.

    Call it after the model is loaded: it greets first, and Copydesk waits longer for the greeting than for an answer.
    """
    out = _answers() if answers is None else answers

    def say(answer: Mapping[str, Any]) -> None:
        out.write(json.dumps(answer, ensure_ascii=False) + "\n")
        out.flush()

    say({"copydesk": "hello", "name": name, "version": version})
    for line in sys.stdin.buffer:
        record: Dict[str, Any] = json.loads(line)
        answer: Dict[str, Any] = {"id": record["id"]}
        try:
            found = suggest(record["text"])
        except Exception as error:  # one bad article must not end the others
            traceback.print_exc(file=sys.stderr)
            answer["error"] = f"{type(error).__name__}: {error}"
            say(answer)
            continue
        if isinstance(found, str):
            answer["marked"] = found
        else:
            answer["entities"] = [
                {"start": one.start, "end": one.end, "label": one.label, "score": 1.0 if one.score is None else one.score}
                for one in found
            ]
        say(answer)
