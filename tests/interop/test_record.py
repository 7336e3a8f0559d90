"""The contract of the native record: its JSON Schema, checked by another implementation, and the reader in `python/copydesk`."""

import gzip
import json
import sys
from pathlib import Path

import pytest
from conftest import run, words

READER = Path(__file__).parents[2] / "python"
sys.path.insert(0, str(READER))
copydesk = __import__("copydesk")


@pytest.fixture(scope="module")
def check():
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(run("schema", "record").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def lines(words):
    return [json.loads(line) for line in words.split("\n") if line]


def pages(desk):
    folder = desk.folder / "record-pages"
    if not folder.exists():
        folder.mkdir()
        (folder / "one.html").write_text(
            "<!DOCTYPE html><title>Storm \U0001f600</title><nav>Home</nav><h1>Storm</h1>"
            "<p>Angela <b>Merkel</b> went to\u00a0Paris on Tuesday, the office said.</p>", encoding="utf-8")
        (folder / "two.txt").write_text("Ada Borg of Malta spoke to Reuters.\r\n", encoding="utf-8")
        (folder / "bad.jsonl").write_text('{"id": "cut\n')
    return folder


def test_every_record_that_is_written_keeps_the_contract(desk, check):
    written = lines(desk.export("jsonl", "contract.jsonl").read_text(encoding="utf-8"))
    written += lines(desk.export("jsonl", "contract-any.jsonl", "--status", "any", "--scores").read_text(encoding="utf-8"))
    bad = run("prelabel", pages(desk), code=3).stdout
    written += lines(bad)
    written += lines(run("convert", desk.native, "--windows", "20").stdout)
    assert len(written) > 2 * len(desk.records)
    for record in written:
        check.validate(record)
        assert record["format"] == "copydesk/1"
    assert any("error" in record for record in written)
    assert any(record["suggested_by"] for record in written)
    assert any("blocks" in record for record in written)


def test_older_and_foreign_records_are_told_apart(desk, check):
    record = dict(desk.records[0])
    del record["format"], record["suggested_by"]
    check.validate(record)
    for field, value in [("status", "finished"), ("regions", [{"start": -1, "end": 2, "label": "nav"}]),
                         ("meta", {"n": 1}), ("format", "copydesk/2"), ("updated_at", "yesterday")]:
        assert not check.is_valid({**record, field: value}), field
    newer = desk.folder / "newer.jsonl"
    newer.write_text(json.dumps({**record, "format": "copydesk/2"}) + "\n")
    assert "E028" in run("convert", newer, code=3).stderr
    with pytest.raises(copydesk.RecordError, match=r"newer\.jsonl:1: .*copydesk/2"):
        list(copydesk.read(newer))


def test_the_reader_reads_what_is_written(desk):
    path = desk.export("jsonl", "reader.jsonl")
    packed = desk.folder / "reader.jsonl.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    for file in (path, str(packed)):
        read = {record.id: record for record in copydesk.read(file)}
        assert list(read) == [record["id"] for record in desk.records]
        for wanted in desk.records:
            record = read[wanted["id"]]
            for name in ("text", "status", "annotator", "updated_at", "language", "url", "source", "meta"):
                assert getattr(record, name) == wanted[name]
            for kind in ("regions", "entities"):
                spans = getattr(record, kind)
                assert [(s.label, record.words(s)) for s in spans] == words(wanted, kind)
                assert all(s.score is None for s in spans)
    emoji = read["emoji"]
    assert emoji.region_of(emoji.entities[0]).label == "body"


def test_the_reader_knows_models_scores_blocks_and_bad_lines(desk):
    out = desk.folder / "prelabelled.jsonl"
    out.write_text(run("prelabel", pages(desk), code=3).stdout, encoding="utf-8")
    with pytest.raises(copydesk.RecordError, match=r"prelabelled\.jsonl:\d+: "):
        list(copydesk.read(out))
    page, text = list(copydesk.read(out, errors="skip"))
    for record in (page, text):
        assert {model.task for model in record.suggested_by} == {"regions", "entities"}
        assert all(model.name == "copydesk" and model.version for model in record.suggested_by)
        assert all(0 < span.score <= 1 for span in record.regions + record.entities)
    assert [page.words(block).split()[0] for block in page.blocks][:2] == ["Home", "Storm"]
    assert not text.blocks
