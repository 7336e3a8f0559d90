"""Label Studio, doccano, labelbuddy, brat, UIMA, GLiNER, W3C: their own readers where these can be installed."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from conftest import outermost, run, words


def utf16(text, at):
    return len(text[:at].encode("utf-16-le")) // 2


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def test_label_studio_takes_every_prediction(desk):
    interface = pytest.importorskip("label_studio_sdk.label_interface")
    config = interface.LabelInterface(run("schema", "show", desk.dataset, "--for", "label-studio").stdout)
    tasks = json.loads(desk.export("label-studio", "all.ls.json").read_text(encoding="utf-8"))
    assert len(tasks) == len(desk.records)
    for task in tasks:
        [annotation] = task["annotations"]
        assert config.validate_prediction({"model_version": "x", "score": 1.0, "result": annotation["result"]})
        assert config.validate_annotation(annotation)
        # The SDK takes any offsets, so they are checked here.
        for result in annotation["result"]:
            value = result["value"]
            assert task["data"]["text"][value["start"]:value["end"]] == value["text"]
    assert desk.back(desk.export("label-studio", "all.ls.json"), "label-studio") == desk.by_id()


def test_label_studios_converter_reads_what_several_did(desk):
    converter = pytest.importorskip("label_studio_sdk.converter")
    config = desk.folder / "label-studio.xml"
    config.write_text(run("schema", "show", desk.dataset, "--for", "label-studio").stdout)
    text = "Home\nMalta waits for Gozo"
    both = [{"id": "two", "text": text, "status": "done", "annotator": who, "updated_at": at,
             "regions": [{"start": 0, "end": 4, "label": "nav"}, {"start": 5, "end": 25, "label": label}],
             "entities": [{"start": 5, "end": 10, "label": "GPE"}]}
            for who, at, label in (("ben", "2026-11-23T10:00:00Z", "comment"), ("maria", "2026-11-22T10:00:00Z", "body"))]
    source = desk.folder / "two.jsonl"
    source.write_text("".join(json.dumps(record) + "\n" for record in both + desk.records), encoding="utf-8")
    dataset = desk.folder / "two.copydesk"
    run("import", dataset, source)
    tasks = desk.folder / "two.ls.json"
    run("export", dataset, "--format", "label-studio", "--annotators", "all", "--out", tasks)
    convert = converter.Converter(config=str(config), project_dir=None, download_resources=False)
    made = {}
    for format in ("JSON", "JSON_MIN", "CSV", "CONLL2003"):
        made[format] = desk.folder / f"converted-{format}"
        convert.convert(str(tasks), str(made[format]), format, is_dir=False)
    [path] = made["JSON_MIN"].glob("*.json")
    rows = json.loads(path.read_text(encoding="utf-8"))
    assert len(rows) == len(desk.records) + 2
    assert len({row["annotation_id"] for row in rows}) == len(rows)
    assert len({row["id"] for row in rows}) == len(rows) - 1, "two annotations are of one task"
    assert {row["annotator"] for row in rows if row["text"] == text} == {"ben", "maria"}
    by_text = {record["text"]: record for record in desk.records}
    for row in rows:
        if row["text"] in by_text:
            spans = [(span["labels"][0], span["text"]) for span in row.get("label", [])]
            assert sorted(spans) == sorted(words(by_text[row["text"]]))
    # A token has one tag there, and of spans on top of each other Label Studio takes the first.
    [conll] = made["CONLL2003"].glob("*.conll")
    assert "Malta -X- _ B-comment" in conll.read_text(encoding="utf-8")


def test_label_studios_own_hypertext_and_json_min(desk):
    page = "<html><body><h1>Title</h1><p>Angela <b>Merkel</b> in Paris.</p><p>Paris again.</p></body></html>"
    task = {"id": 7, "data": {"html": page}, "annotations": [{"completed_by": 3, "result": [
        {"id": "z", "from_name": "zone", "to_name": "page", "type": "hypertextlabels",
         "value": {"start": "/p[1]/text()[1]", "startOffset": 0, "end": "/p[1]/text()[2]", "endOffset": 10,
                   "globalOffsets": {"start": 7, "end": 30}, "text": "Angela Merkel in Paris.", "hypertextlabels": ["body"]}},
        {"id": "y", "from_name": "ner", "to_name": "page", "type": "hypertextlabels",
         "value": {"start": "/p[2]/text()[1]", "startOffset": 0, "end": "/p[2]/text()[1]", "endOffset": 5,
                   "globalOffsets": {"start": 30, "end": 35}, "text": "Paris", "hypertextlabels": ["GPE"]}}]}]}
    small = {"id": 8, "text": "A😀 Paris", "label": [{"start": 3, "end": 8, "text": "Paris", "labels": ["GPE"]}], "annotator": 1}
    path = desk.folder / "tasks.json"
    path.write_text(json.dumps([task, small], indent=1))
    back = desk.back(path, "label-studio")
    assert words(back["7"], "regions") == [("body", "Angela Merkel in Paris.")]
    [entity] = back["7"]["entities"]
    assert back["7"]["text"][entity["start"]:].startswith("Paris again")
    assert words(back["8"]) == [("GPE", "Paris")]


def test_label_studios_hypertext_is_where_it_says(desk):
    interface = pytest.importorskip("label_studio_sdk.label_interface")
    html = pytest.importorskip("lxml.html")
    config = interface.LabelInterface(run("schema", "show", desk.dataset, "--for", "label-studio-html").stdout)
    path = desk.export("label-studio-html", "all.ls-html.json")
    tasks = json.loads(path.read_text(encoding="utf-8"))
    # A page with a structure, too.
    page = desk.folder / "page.html"
    page.write_text("<h1>A\U0001f600 title</h1><div><p>Angela <b>Merkel</b> in Paris.<ul><li>one<li>Paris</ul></div><p>Gozo &amp; Malta")
    labelled = desk.folder / "page.jsonl"
    labelled.write_text(run("prelabel", page).stdout)
    tasks += json.loads(run("convert", labelled, "--to", "label-studio-html").stdout)
    seen = 0
    for task in tasks:
        text = task["data"]["text"]
        root = html.fragment_fromstring(task["data"]["html"], create_parent="div")
        assert "".join(root.itertext()) == text
        for result in [r for list in ("annotations", "predictions") for a in task[list] for r in a["result"]]:
            value = result["value"]
            wide = text.encode("utf-16-le")
            offsets = value["globalOffsets"]
            assert wide[2 * offsets["start"]:2 * offsets["end"]].decode("utf-16-le") == value["text"]
            for path_name, offset, global_offset in (("start", "startOffset", "start"), ("end", "endOffset", "end")):
                [node] = root.xpath("." + value[path_name])
                assert 0 <= value[offset] <= utf16(node, len(node))
                before = node.encode("utf-16-le")[:2 * value[offset]].decode("utf-16-le")
                upto = wide[:2 * offsets[global_offset]].decode("utf-16-le")
                assert upto.endswith(before)
                seen += 1
        for annotation in task["annotations"]:
            assert config.validate_annotation(annotation)
    assert seen > 100
    assert desk.back(path, "label-studio-html") == desk.by_id()


def test_marked_pages_say_the_same_in_any_parser(desk):
    html = pytest.importorskip("lxml.html")
    folder = desk.folder / "pages"
    folder.mkdir()
    (folder / "one.html").write_text(
        "<!DOCTYPE html><title>T</title><nav>Home</nav><h1>Storm</h1><p>Angela <b>Merkel</b> &amp; co. went to\u00a0Paris \U0001f600.</p>"
        "<table><tr><td>Malta<td>Gozo</table><p hidden>gone</p>", encoding="utf-8")
    records = run("prelabel", folder).stdout
    labelled = desk.folder / "one.jsonl"
    labelled.write_text(records, encoding="utf-8")
    marked = desk.folder / "marked"
    run("convert", labelled, "--to", "html-regions", "--pages", folder, "--strict", "--out", marked)
    record = json.loads(records)
    [file] = marked.glob("*.html")
    root = html.fromstring(file.read_text(encoding="utf-8"))
    for kind, list in (("region", "regions"), ("entity", "entities")):
        found = {}
        for element in root.xpath(f"//*[@data-copydesk-{kind}]"):
            words = "".join(text for text in element.itertext()).replace("gone", "")
            name = element.get(f"data-copydesk-{kind}"), element.get("data-copydesk-id")
            found[name] = found.get(name, "") + "".join(words.split())
        wanted = [(s["label"], "".join(record["text"][s["start"]:s["end"]].split())) for s in record[list]]
        assert sorted((label, words) for (label, _), words in found.items()) == sorted(wanted)
    [back] = desk.back(marked, "html-regions").values()
    assert all(back[name] == record[name] for name in ("id", "text", "regions", "entities"))


def test_doccano_rows(desk):
    path = desk.export("doccano", "all.doccano.jsonl")
    assert path.read_bytes().isascii(), "doccano guesses encodings"
    rows = lines(path)
    assert len({tuple(sorted(row)) for row in rows}) == 1, "doccano refuses rows whose keys differ"
    for row, record in zip(rows, desk.records):
        assert [(l, row["text"][s:e]) for s, e, l in row["label"]] == words(record)
    assert desk.back(path, "doccano") == desk.by_id()


def test_doccanos_own_importer(desk):
    """What doccano keeps of an export, and what it would give back of it."""
    doccano = os.environ.get("DOCCANO")
    if not doccano:
        pytest.skip("DOCCANO names no Python that has doccano")
    script = Path(__file__).with_name("doccano_import.py")
    path = desk.export("doccano", "all.doccano.jsonl")
    done = subprocess.run([doccano, script, path], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    kept = json.loads(done.stdout.splitlines()[-1])
    assert kept["errors"] == []
    assert len(kept["rows"]) == len(desk.records)
    for row, record in zip(kept["rows"], desk.records):
        assert row["text"] == record["text"]
        assert sorted((l, row["text"][s:e]) for s, e, l in row["label"]) == sorted(words(record)), record["id"]
    # Its export has the metadata beside the text and the labels.
    again = desk.folder / "again.doccano.jsonl"
    rows = [{"id": n, "text": row["text"], "label": row["label"], **row["meta"]} for n, row in enumerate(kept["rows"])]
    again.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert desk.back(again, "doccano") == desk.by_id()


def test_doccanos_other_shapes_and_its_utf16(desk):
    text = "A😀 Angela Merkel"
    rows = [
        {"id": 1, "text": text, "label": [[3, 16, "PER"]], "Comments": ["who?"], "source": "s1"},
        {"id": 2, "text": text, "labels": [[3, 16, "PER"]], "source": "s2"},
        {"id": 3, "text": text, "entities": [{"id": 0, "start_offset": 3, "end_offset": 16, "label": "PER"}],
         "relations": [], "Comments": []},
        {"id": 4, "text": text, "annotations": [{"label": 5, "start_offset": 3, "end_offset": 16, "user": 1}]},
    ]
    path = desk.folder / "shapes.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    back = desk.back(path, "doccano")
    assert [words(back[str(n)]) for n in (1, 2, 3, 4)] == [[(l, "Angela Merkel")] for l in ("PER", "PER", "PER", "5")]
    path.write_text(json.dumps({"id": 1, "text": text, "label": [[utf16(text, 3), utf16(text, 16), "PER"]]}))
    assert words(desk.back(path, "doccano", "--input-offsets", "utf16")["1"]) == [("PER", "Angela Merkel")]


def test_labelbuddy(desk):
    path = desk.export("labelbuddy", "all.labelbuddy.jsonl")
    for document in lines(path):
        text = document["text"]
        for a in document["annotations"]:
            assert text[a["start_char"]:a["end_char"]].encode() == text.encode()[a["start_byte"]:a["end_byte"]]
    assert desk.back(path, "labelbuddy") == desk.by_id()


def test_uima_cas(desk):
    cassis = pytest.importorskip("cassis")
    json_folder, xmi_folder = desk.export("cas-json", "cas"), desk.export("cas-xmi", "xmi")
    with open(xmi_folder / "TypeSystem.xml", "rb") as file:
        types = cassis.load_typesystem(file)
    again = {"json": desk.folder / "cas-again", "xmi": desk.folder / "xmi-again"}
    for folder in again.values():
        folder.mkdir(exist_ok=True)
    for record in desk.records:
        with open(json_folder / f"{record['id']}.cas.json", "rb") as file:
            one = cassis.load_cas_from_json(file)
        with open(xmi_folder / f"{record['id']}.xmi", "rb") as file:
            other = cassis.load_cas_from_xmi(file, typesystem=types)
        for cas in (one, other):
            assert cas.sofa_string == record["text"]
            for type, kind in (("de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity", "entities"),
                               ("copydesk.Region", "regions")):
                found = sorted((a.begin, -a.end, a.value, a.get_covered_text()) for a in cas.select(type))
                ours = sorted((s["start"], -s["end"], s["label"], record["text"][s["start"]:s["end"]]) for s in record[kind])
                assert found == ours, record["id"]
        one.to_json(again["json"] / f"{record['id']}.cas.json")
        other.to_xmi(again["xmi"] / f"{record['id']}.xmi")
    assert desk.back(again["json"], "cas-json") == desk.by_id()
    assert desk.back(again["xmi"], "cas-xmi") == desk.by_id()


def test_brat(desk):
    """What brat asks of a file, line by line."""
    folder = desk.export("brat", "brat")
    for record in desk.records:
        text = (folder / f"{record['id']}.txt").read_bytes().decode("utf-8")
        assert text == record["text"]
        for line in (folder / f"{record['id']}.ann").read_text(encoding="utf-8").split("\n"):
            if not line.startswith("T"):
                continue
            _, place, quoted = line.split("\t")
            fragments = [tuple(map(int, f.split(" "))) for f in place.split(" ", 1)[1].split(";")]
            assert " ".join(text[s:e] for s, e in fragments) == quoted
            assert not any("\n" in text[s:e] or text[s:e] != text[s:e].strip() for s, e in fragments)
    assert desk.back(folder, "brat") == desk.by_id()


def test_brats_own_parser(desk, monkeypatch):
    """The server's `TextAnnotations`, and what it writes."""
    import codecs
    brat = pytest.importorskip("brat")
    monkeypatch.syspath_prepend(str(next(iter(brat.__path__)) + "/server/src"))
    import annotation
    # A mode that Python has dropped; line ends as they are, since offsets count them.
    monkeypatch.setattr(annotation, "codecs_open", lambda name, mode, **more: codecs.open(name, mode.replace("U", ""), **more))
    folder = desk.export("brat", "brat")
    again = desk.folder / "brat-again"
    again.mkdir()
    for record in desk.records:
        with annotation.TextAnnotations(str(folder / record["id"]), read_only=True) as read:
            assert read.failed_lines == []
            found = sorted((a.type, "".join(a.text.split())) for a in read.get_textbounds())
            for one in read.get_textbounds():
                assert " ".join(record["text"][s:e] for s, e in one.spans) == one.text
            written = str(read)
        spans = record["regions"] + record["entities"]
        ours = sorted((s["label"], "".join(record["text"][s["start"]:s["end"]].split())) for s in spans)
        assert found == ours, record["id"]
        (again / f"{record['id']}.txt").write_bytes(record["text"].encode())
        (again / f"{record['id']}.ann").write_text(written, encoding="utf-8", newline="\n")
    assert desk.back(again, "brat") == desk.by_id()


def test_trafilaturas_json(desk):
    """What trafilatura itself prints of a page is read; and what is written has its fields."""
    trafilatura = pytest.importorskip("trafilatura")
    story = "".join(f"<p>Line {n} says at some length that the ferry to Gozo was closed, as Ada Borg told Reuters.</p>" for n in range(9))
    page = f"<html><head><title>Ferry</title></head><body><nav><a href='/'>Home</a></nav><article><h1>Ferry</h1>{story}</article></body></html>"
    told = trafilatura.extract(page, output_format="json", with_metadata=True, include_comments=True, url="https://news.example/a")
    path = desk.folder / "page.trafilatura.json"
    path.write_text(told + "\n", encoding="utf-8")
    [back] = desk.back(path, "trafilatura").values()
    [body] = [w for label, w in words(back, "regions") if label == "body"]
    assert "".join(body.split()) == "".join(json.loads(told)["text"].split())
    assert back["url"] == "https://news.example/a"
    ours = lines(desk.export("trafilatura", "all.trafilatura.jsonl"))
    assert {"text", "raw_text", "comments"} <= set(ours[0]) and {"text", "raw_text", "comments"} <= set(json.loads(told))


def test_gliner(desk):
    """Words counted as GLiNER counts them: the last is inclusive."""
    back = json.loads(desk.export("gliner", "all.gliner.json", "--tokenizer", "spacy-like").read_text(encoding="utf-8"))
    for example in back:
        record = desk.by_id()[example["copydesk"]["id"]]
        told = sorted((l, "".join(example["tokenized_text"][s:e + 1])) for s, e, l in example["ner"])
        assert told == sorted((l, "".join(w.split())) for l, w in words(record))


def test_web_annotation(desk):
    for page in lines(desk.export("web-annotation", "all.jsonld")):
        text = page["copydesk:text"]
        assert page["type"] == "AnnotationPage"
        for item in page["items"]:
            position, quote = item["target"]["selector"]
            start, end = position["start"], position["end"]
            assert text[start:end] == quote["exact"]
            assert text[:start].endswith(quote["prefix"]) and text[end:].startswith(quote["suffix"])
    # As a program of the web would count.
    text = "A😀 Paris"
    page = {"type": "AnnotationPage", "copydesk:text": text, "items": [{"body": {"value": "GPE"}, "target": {"selector": [
        {"type": "TextPositionSelector", "start": 4, "end": 9}, {"type": "TextQuoteSelector", "exact": "Paris"}]}}]}
    path = desk.folder / "web.jsonld"
    path.write_text(json.dumps(page))
    [record] = desk.back(path, "web-annotation").values()
    assert words(record) == [("GPE", "Paris")]


def test_webanno_tsv_counts_utf16(desk):
    folder = desk.export("webanno-tsv", "webanno")
    for record in desk.records:
        text = record["text"]
        for line in (folder / f"{record['id']}.tsv").read_text(encoding="utf-8").split("\n"):
            columns = line.split("\t")
            if len(columns) > 3:
                start, end = map(int, columns[1].split("-"))
                units = text.encode("utf-16-le")
                assert units[2 * start:2 * end].decode("utf-16-le") == columns[2].replace("\\", "")
