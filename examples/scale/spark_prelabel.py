"""Prelabels a folder of records with PySpark: `copydesk prelabel` runs once per partition, and every record comes out once.

    spark-submit examples/scale/spark_prelabel.py --copydesk copydesk --in records/ --out labelled/ [--field html]

IN is a folder of JSONL (`{"id", "text"}` or `{"id", "html"}`), of Parquet with such columns, or of WARC files. OUT gets JSONL.
The run fails if the numbers of records in and out differ, so that a filter that dies is never taken for one that finished.
"""

import argparse
import json
import subprocess
import threading

from pyspark.sql import SparkSession


def through(command, lines):
    """Pipes lines through a command, in order. Fails if the command fails or returns another number of lines."""
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    given = 0

    def feed():
        nonlocal given
        with child.stdin as pipe:
            for line in lines:
                pipe.write(line.encode("utf-8") + b"\n")
                given += 1

    feeder = threading.Thread(target=feed, daemon=True)
    feeder.start()
    came = 0
    for line in child.stdout:
        came += 1
        yield line.decode("utf-8").rstrip("\n")
    feeder.join()
    # Exit code 3: finished, but some records were bad; each of them says why in `error`.
    if child.wait() not in (0, 3):
        raise RuntimeError(f"{command[0]} ended with {child.returncode}")
    if came != given:
        raise RuntimeError(f"{given} records went in, {came} came out")


def main():
    words = argparse.ArgumentParser()
    words.add_argument("--copydesk", default="copydesk")
    words.add_argument("--in", dest="source", required=True)
    words.add_argument("--out", required=True)
    words.add_argument("--kind", choices=["jsonl", "parquet", "warc"], default="jsonl")
    words.add_argument("--partitions", type=int, default=0)
    args = words.parse_args()
    # One core per task: Spark runs one task on each core.
    command = [args.copydesk, "prelabel", "-", "--from", "jsonl", "--jobs", "1"]

    spark = SparkSession.builder.appName("copydesk prelabel").getOrCreate()
    context = spark.sparkContext
    if args.kind == "warc":
        # A compressed WARC cannot be read in pieces, so each file is one task; the program reads it itself.
        paths = [row.path for row in spark.read.format("binaryFile").load(args.source).select("path").collect()]
        files = context.parallelize(sorted(paths), max(1, len(paths)))
        by_file = [args.copydesk, "prelabel", "--from", "warc", "--jobs", "1"]

        def whole(path):
            done = subprocess.run([*by_file, path.removeprefix("file:")], stdout=subprocess.PIPE)
            if done.returncode not in (0, 3):
                raise RuntimeError(f"{path}: ended with {done.returncode}")
            return done.stdout.decode("utf-8").splitlines()

        files.flatMap(whole).saveAsTextFile(args.out)
    else:
        if args.kind == "parquet":
            records = spark.read.parquet(args.source).toJSON()
        else:
            records = context.textFile(args.source)
        if args.partitions:
            records = records.repartition(args.partitions)
        records.mapPartitions(lambda lines: through(command, lines)).saveAsTextFile(args.out)
        before, after = records.count(), context.textFile(args.out).count()
        if before != after:
            raise SystemExit(f"{before} records went in, {after} came out")
        print(json.dumps({"records": after}))
    spark.stop()


if __name__ == "__main__":
    main()
