"""The filter in engines: every record comes out once, even if a worker is killed, and a bad record never stops the rest."""

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import COPYDESK

EXAMPLES = Path(__file__).parents[2] / "examples" / "scale"
RECORDS = 400


def make(folder):
    folder.mkdir()
    for part in range(4):
        with open(folder / f"{part}.jsonl", "w", encoding="utf-8") as file:
            for n in range(part * 100, part * 100 + 100):
                # One in each file is no record.
                line = '{"id": "cut' if n % 100 == 50 else json.dumps({"id": f"r{n}", "text": f"Storm {n} closes ferry.\n😀\u2028Two hurt."})
                file.write(line + "\n")
    return folder


def check(lines):
    records = [json.loads(line) for line in lines]
    assert len(records) == RECORDS
    assert len({r["id"] for r in records if "error" not in r}) == RECORDS - 4
    assert sum("error" in r for r in records) == 4
    assert all(r["regions"] for r in records if "error" not in r)


def spark(script, *words, master="local[2]"):
    env = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable}
    runner = f"import sys, runpy; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    env["PYSPARK_SUBMIT_ARGS"] = f"--master {master} --conf spark.ui.enabled=false pyspark-shell"
    return subprocess.run([sys.executable, "-c", runner, str(script), *map(str, words)], env=env, capture_output=True, text=True)


def output(folder):
    return [line for path in sorted(folder.glob("part-*")) for line in path.read_text(encoding="utf-8").split("\n") if line]


def test_spark_gives_every_record_once(tmp_path):
    pytest.importorskip("pyspark")
    source = make(tmp_path / "in")
    done = spark(EXAMPLES / "spark_prelabel.py", "--copydesk", COPYDESK, "--in", source, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.strip().split("\n")[-1]) == {"records": RECORDS}
    check(output(tmp_path / "out"))


def test_a_killed_worker_loses_nothing_and_doubles_nothing(tmp_path):
    pytest.importorskip("pyspark")
    source = make(tmp_path / "in")
    # A program that is killed after some records, the first time that it runs.
    killed = tmp_path / "killed"
    program = tmp_path / "copydesk"
    program.write_text(
        "#!/bin/sh\n"
        f"if mkdir '{killed}' 2>/dev/null; then head -n 20 | '{COPYDESK}' \"$@\"; kill -9 $$; fi\n"
        f"exec '{COPYDESK}' \"$@\"\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    words = ("--copydesk", program, "--in", source, "--out")
    # Without retries the run fails and says so: nothing is lost silently.
    failed = spark(EXAMPLES / "spark_prelabel.py", *words, tmp_path / "failed")
    assert failed.returncode != 0 and killed.exists()
    assert not (tmp_path / "failed" / "_SUCCESS").exists()
    killed.rmdir()
    done = spark(EXAMPLES / "spark_prelabel.py", *words, tmp_path / "out", master="local[2,4]")
    assert done.returncode == 0 and killed.exists(), done.stderr[-2000:]
    check(output(tmp_path / "out"))


def test_a_cluster_that_loses_a_machine_loses_no_record(tmp_path):
    pytest.importorskip("pyspark")
    source = make(tmp_path / "in")
    # The first time that the program runs, it takes the machine that it runs on with it: Spark's executor.
    killed = tmp_path / "killed"
    program = tmp_path / "copydesk"
    program.write_text(
        "#!/bin/sh\n"
        f"if mkdir '{killed}' 2>/dev/null; then\n"
        f"  head -n 20 | '{COPYDESK}' \"$@\"\n"
        "  at=$PPID\n"
        "  while [ \"$at\" -gt 1 ]; do\n"
        "    if tr '\\0' ' ' < /proc/$at/cmdline | grep -q CoarseGrainedExecutorBackend; then\n"
        f"      echo $at > '{killed}/executor'; kill -9 $at; exit 9\n"
        "    fi\n"
        "    at=$(awk '/^PPid/ {print $2}' /proc/$at/status)\n"
        "  done\n"
        "  kill -9 $$\n"
        "fi\n"
        f"exec '{COPYDESK}' \"$@\"\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    words = ("--copydesk", program, "--in", source, "--out", tmp_path / "out")
    done = spark(EXAMPLES / "spark_prelabel.py", *words, master="local-cluster[2,1,1024]")
    if "ClassNotFoundException" in done.stderr or "Cannot run program" in done.stderr:
        pytest.skip("this Spark starts no local cluster")
    assert done.returncode == 0, done.stderr[-2000:]
    assert (killed / "executor").exists(), "no executor was killed"
    check(output(tmp_path / "out"))


def test_ray_gives_every_record_once_also_when_the_program_is_killed(tmp_path):
    pytest.importorskip("ray")
    import pyarrow.parquet
    source = make(tmp_path / "in")
    killed = tmp_path / "killed"
    program = tmp_path / "copydesk"
    program.write_text(
        "#!/bin/sh\n"
        f"if mkdir '{killed}' 2>/dev/null; then head -n 20 | '{COPYDESK}' \"$@\"; kill -9 $$; fi\n"
        f"exec '{COPYDESK}' \"$@\"\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    words = [EXAMPLES / "ray_prelabel.py", "--copydesk", program, "--in", source, "--out", tmp_path / "out", "--batch", "50"]
    done = subprocess.run([sys.executable, *map(str, words)], capture_output=True, text=True)
    assert done.returncode == 0 and killed.exists(), done.stderr[-2000:]
    assert json.loads(done.stdout.strip().split("\n")[-1]) == {"records": RECORDS}
    check(pyarrow.parquet.read_table(tmp_path / "out").column("record").to_pylist())


def test_gnu_parallel_goes_on_where_it_stopped(tmp_path):
    if not shutil.which("parallel"):
        pytest.skip("there is no GNU parallel here")
    source = make(tmp_path / "in")
    for _ in range(2):
        done = subprocess.run([EXAMPLES / "parallel_prelabel.sh", source, tmp_path / "out", COPYDESK], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    check([line for path in (tmp_path / "out").glob("*.jsonl") for line in path.read_text(encoding="utf-8").split("\n") if line])


def test_the_script_for_one_file_never_leaves_half_of_it(tmp_path):
    source = make(tmp_path / "in")
    out = tmp_path / "out"
    for path in sorted(source.glob("*.jsonl")):
        done = subprocess.run([EXAMPLES / "parallel_prelabel.sh", source, out, COPYDESK], env={**os.environ, "ONE": str(path)},
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    check([line for path in sorted(out.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").split("\n") if line])
    broken = subprocess.run([EXAMPLES / "parallel_prelabel.sh", source, tmp_path / "none", "/bin/false"],
                            env={**os.environ, "ONE": str(source / "0.jsonl")}, capture_output=True, text=True)
    assert broken.returncode != 0 and not list((tmp_path / "none").glob("*.jsonl"))
