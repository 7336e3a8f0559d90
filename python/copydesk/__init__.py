"""Reads Copydesk's records: one JSON object a line, plain or gzip. One file, Python 3.9 or newer, no dependency.

    from copydesk import read

    for record in read("news.jsonl.gz"):
        if record.status == "done":
            for entity in record.entities:
                print(entity.label, record.words(entity))

Offsets count code points, as Python's strings do: `record.text[span.start:span.end]` is the span. `docs/record.md`
describes each field.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
from dataclasses import dataclass, field
from typing import Any, Dict, Iterator, List, Mapping, Optional, Union

#: The newest version of the record that this reader knows.
VERSION = 1


class RecordError(ValueError):
    """A line that is not a record; the message names file and line."""


@dataclass(frozen=True)
class Span:
    """A part of the text with a label: a region or an entity. The end is excluded."""

    start: int
    end: int
    label: str
    #: The score of the model, from 0 to 1; None if a person labelled or confirmed it, or scores were not exported.
    score: Optional[float] = None
    #: Other attributes, such as `kb_id`.
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Model:
    """A model that was asked for suggestions."""

    #: `regions` or `entities`.
    task: str
    name: str
    #: Empty if unknown.
    version: str


@dataclass(frozen=True)
class Block:
    """A piece of the page that the text was read from."""

    start: int
    end: int
    path: str


@dataclass(frozen=True)
class Record:
    """An article with its labels."""

    id: str
    text: str
    regions: List[Span] = field(default_factory=list)
    entities: List[Span] = field(default_factory=list)
    #: `todo`, `started`, `done`, `skipped` or `flagged`.
    status: str = "todo"
    #: Empty if no person has touched it.
    annotator: str = ""
    #: RFC 3339 in UTC; empty if no person has touched it.
    updated_at: str = ""
    language: str = ""
    url: str = ""
    source: str = ""
    suggested_by: List[Model] = field(default_factory=list)
    meta: Dict[str, str] = field(default_factory=dict)
    blocks: List[Block] = field(default_factory=list)

    def words(self, span: Union[Span, Block]) -> str:
        """Returns the text of a span."""
        return self.text[span.start : span.end]

    def region_of(self, span: Span) -> Optional[Span]:
        """Returns the region that contains a span, or None."""
        for region in self.regions:
            if region.start <= span.start and span.end <= region.end:
                return region
        return None


def read(path: Union[str, "os.PathLike[str]"], errors: str = "raise") -> Iterator[Record]:
    """Yields the records of a file in constant memory.

    A line that is no record raises `RecordError`; with `errors="skip"` it is left out, as are the records that
    `copydesk prelabel` prints in place of bad input.
    """
    if errors not in ("raise", "skip"):
        raise ValueError(f"errors is 'raise' or 'skip', not {errors!r}")
    with open(path, "rb") as raw:
        is_gzip = raw.peek(2)[:2] == b"\x1f\x8b"
        stream = gzip.GzipFile(fileobj=raw) if is_gzip else raw
        # Only a line feed ends a record: its text may hold other line ends, such as U+2028.
        with io.TextIOWrapper(stream, encoding="utf-8-sig", newline="\n") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    yield parse(line)
                except RecordError as error:
                    if errors == "raise":
                        raise RecordError(f"{os.fspath(path)}:{number}: {error}") from None


def parse(line: str) -> Record:
    """Returns the record of one line."""
    try:
        raw = json.loads(line)
    except ValueError as error:
        raise RecordError(f"not JSON: {error}") from None
    if not isinstance(raw, dict):
        raise RecordError("a JSON object is expected")
    check_version(raw.get("format"))
    if raw.get("error"):
        raise RecordError(f"the record says that its input was bad: {raw['error']}")
    text = string(raw, "text", None)
    return Record(
        id=string(raw, "id"),
        text=text,
        regions=[span(one, text, "regions") for one in items(raw, "regions")],
        entities=[span(one, text, "entities") for one in items(raw, "entities")],
        status=string(raw, "status") or "todo",
        annotator=string(raw, "annotator"),
        updated_at=string(raw, "updated_at"),
        language=string(raw, "language"),
        url=string(raw, "url"),
        source=string(raw, "source"),
        suggested_by=[
            Model(string(one, "task"), string(one, "name"), string(one, "version"))
            for one in items(raw, "suggested_by")
        ],
        meta={name: value for name, value in (raw.get("meta") or {}).items() if isinstance(value, str)},
        blocks=[Block(*place(one, text, "blocks"), string(one, "path")) for one in items(raw, "blocks")],
    )


def check_version(format: Any) -> None:
    """Rejects a version that this reader does not know, because a field may have another meaning there."""
    found = re.match(r"copydesk/([^.]*)", format) if isinstance(format, str) else None
    if found and found.group(1) != str(VERSION):
        raise RecordError(f"the record is of the format {format}, and this reader knows copydesk/{VERSION}")


def string(raw: Mapping[str, Any], name: str, default: Optional[str] = "") -> str:
    value = raw.get(name)
    if value is None:
        value = default
    if not isinstance(value, str):
        raise RecordError(f"`{name}` is no string")
    return value


def items(raw: Mapping[str, Any], name: str) -> List[Mapping[str, Any]]:
    value = raw.get(name) or []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise RecordError(f"`{name}` is no list of objects")
    return value


def place(raw: Mapping[str, Any], text: str, name: str) -> "tuple[int, int]":
    start, end = raw.get("start"), raw.get("end")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        raise RecordError(f"`{name}`: {start} to {end} is no span of a text of {len(text)} code points")
    return start, end


def span(raw: Mapping[str, Any], text: str, name: str) -> Span:
    start, end = place(raw, text, name)
    score = raw.get("score")
    known = ("start", "end", "label", "score")
    return Span(
        start,
        end,
        string(raw, "label", None),
        None if score is None else float(score),
        {name: value for name, value in raw.items() if name not in known and isinstance(value, str)},
    )
