"""datasets, pandas, polars: the Hugging Face folder, the native records, the table of spans."""

import json

import pytest
from conftest import outermost, run, words

datasets = pytest.importorskip("datasets")
pandas = pytest.importorskip("pandas")
polars = pytest.importorskip("polars")


def test_load_dataset_gives_class_labels(desk):
    folder = desk.export("hf-parquet", "hf")
    loaded = datasets.load_dataset(str(folder), cache_dir=str(desk.folder / "cache"))["train"]
    features = loaded.features
    tags = features["ner_tags"].feature
    labels = {kind: features[kind].feature["label"] for kind in ("entities", "regions")}
    assert tags.names[0] == "O" and tags.names[1].startswith("B-")
    assert loaded.num_rows == len(desk.records)
    for row in loaded:
        record = desk.by_id()[row["id"]]
        assert row["text"] == record["text"]
        for kind in ("entities", "regions"):
            assert [(labels[kind].int2str(s["label"]), row["text"][s["start"]:s["end"]]) for s in row[kind]] == \
                words(record, kind)
        assert len(row["tokens"]) == len(row["ner_tags"])
    by_id = {row["id"]: row for row in loaded}
    told = [(t, tags.int2str(n)) for t, n in zip(by_id["edges"]["tokens"], by_id["edges"]["ner_tags"])]
    assert told == [("Malta", "B-GPE"), ("waits", "O"), ("for", "O"), ("Gozo", "B-GPE")]
    # And back, also from what datasets writes itself.
    again = desk.folder / "again.parquet"
    loaded.to_parquet(again)
    for path in (folder / "data", again):
        assert desk.back(path, "hf-parquet") == desk.by_id()


def look_up(rows, names):
    """What the usual training script does with tags: each number is looked up among the names."""
    numbers = {number: number for number in range(len(names))}
    return [[numbers[tag] for tag in row["ner_tags"]] for row in rows]


def test_what_nobody_looked_at_is_left_out_or_minus_a_hundred(desk):
    """-100 passes `load_dataset` and its `ClassLabel`s, but not a loop that looks numbers up; so the usual export has none."""
    loaded = {}
    for name, more in (("usual", []), ("missing", ["--outside", "missing", "--windows", "off"])):
        folder = desk.export_as_usual("hf-parquet", f"hf-{name}", *more)
        loaded[name] = datasets.load_dataset(str(folder), cache_dir=str(desk.folder / f"cache-{name}"))["train"]
        streamed = datasets.load_dataset(str(folder), split="train", streaming=True)
        assert [row["id"] for row in streamed] == loaded[name]["id"], "streaming gives the same"
    names = loaded["usual"].features["ner_tags"].feature.names
    emoji = {row["id"].split("#")[0]: row for row in loaded["usual"]}["emoji"]
    assert "Home" not in emoji["tokens"] and "Merkel" in emoji["tokens"]
    assert all(tag >= 0 for row in loaded["usual"] for tag in row["ner_tags"])
    look_up(loaded["usual"], names)

    emoji = {row["id"]: row for row in loaded["missing"]}["emoji"]
    assert emoji["tokens"][0] == "Home" and emoji["ner_tags"][0] == -100
    assert [tag for tag in emoji["ner_tags"] if tag > 0]
    mapped = loaded["missing"].map(lambda row: {"labels": row["ner_tags"]})
    assert -100 in mapped[0]["labels"], "it outlives map()"
    with pytest.raises(KeyError):
        look_up(loaded["missing"], names)
    with pytest.raises(ValueError):
        loaded["missing"].features["ner_tags"].feature.int2str(-100)


def test_blocks_are_tables(desk):
    paths = {f: desk.export_as_usual(f, f"blocks.{f}", "--unit", "block") for f in ("jsonl", "csv", "parquet")}
    frames = [pandas.read_json(paths["jsonl"], lines=True), pandas.read_csv(paths["csv"]), pandas.read_parquet(paths["parquet"])]
    for frame in frames:
        assert list(frame.columns) == list(frames[0].columns)
        assert list(frame["text"]) == list(frames[0]["text"]) and set(frame["label"]) == {"nav", "body", "comment"}
    for row in frames[2].to_dict("records"):
        assert desk.by_id()[row["article"]]["text"][row["start"]:row["end"]] == row["text"]
    assert polars.read_parquet(paths["parquet"])["id"].to_list() == list(frames[0]["id"])
    loaded = datasets.load_dataset("parquet", data_files=str(paths["parquet"]), cache_dir=str(desk.folder / "cache-blocks"))
    assert loaded["train"].num_rows == len(frames[0])


def test_tokens_and_tags_alone_make_articles(desk):
    folder = desk.export("hf-parquet", "hf")
    loaded = datasets.load_dataset(str(folder), cache_dir=str(desk.folder / "cache"))["train"]
    path = desk.folder / "tokens.parquet"
    loaded.select_columns(["id", "tokens", "ner_tags"]).to_parquet(path)
    back = desk.back(path, "parquet")
    record = desk.by_id()["storm-03"]
    assert words(back["storm-03"]) == words(record)


def test_pandas_and_polars_read_parquet(desk):
    path = desk.export("hf-parquet", "hf") / "data" / "train-00000-of-00001.parquet"
    frame = pandas.read_parquet(path)
    assert list(frame["id"]) == [r["id"] for r in desk.records]
    assert polars.read_parquet(path)["text"].to_list() == [r["text"] for r in desk.records]
    pandas.DataFrame({"doc_id": ["p1"], "content": ["A😀 page"], "n": [3]}).to_parquet(desk.folder / "pandas.parquet")
    polars.DataFrame({"doc_id": ["p1"], "content": ["A😀 page"], "n": [3]}).write_parquet(desk.folder / "polars.parquet")
    pandas.DataFrame({"doc_id": ["p1"], "content": ["A😀 page"], "n": [3]}).to_csv(desk.folder / "pandas.csv", index=False)
    for name, format in (("pandas.parquet", "parquet"), ("polars.parquet", "parquet"), ("pandas.csv", "csv")):
        back = desk.back(desk.folder / name, format)
        assert back["p1"]["text"] == "A😀 page" and back["p1"]["meta"] == {"n": "3"}


def test_native_records_have_one_schema(desk):
    loaded = datasets.load_dataset("json", data_files=str(desk.native), cache_dir=str(desk.folder / "cache"))["train"]
    assert loaded.num_rows == len(desk.records)
    out = desk.folder / "native.out.jsonl"
    run("export", desk.dataset, "--out", out)
    frame = pandas.read_json(out, lines=True)
    assert [r["text"][s["start"]:s["end"]] for _, r in frame.iterrows() for s in r["entities"]] == \
        [w for r in desk.records for _, w in words(r)]
    assert polars.read_ndjson(out).height == len(desk.records)


@pytest.mark.parametrize("format, separator", [("spans-csv", ","), ("spans-tsv", "\t")])
def test_the_table_of_spans(desk, format, separator):
    path = desk.export(format, f"all.{format}")
    frame = pandas.read_csv(path, sep=separator, keep_default_na=False)
    texts = {r.id: r.text for r in frame[frame.kind == "article"].itertuples()}
    assert texts == {r["id"]: r["text"] for r in desk.records}
    for row in frame[frame.kind != "article"].itertuples():
        assert texts[row.id][int(row.start):int(row.end)] == row.text
    frame.to_csv(desk.folder / "again.csv", index=False)
    assert desk.back(desk.folder / "again.csv", "spans-csv") == desk.by_id()
