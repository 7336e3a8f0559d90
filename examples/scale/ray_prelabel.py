"""Prelabels a folder of JSONL with Ray Data: `copydesk prelabel` runs once per batch, and every record comes out once.

    python examples/scale/ray_prelabel.py --copydesk copydesk --in records/ --out labelled/ [--address auto]

OUT gets Parquet with one column, `record`: a line of JSON for each line that went in. The run fails if they are not as many.
"""

import argparse
import json
import subprocess

import ray


def main():
    words = argparse.ArgumentParser()
    words.add_argument("--copydesk", default="copydesk")
    words.add_argument("--in", dest="source", required=True)
    words.add_argument("--out", required=True)
    words.add_argument("--batch", type=int, default=2000, help="records for each run of the program")
    words.add_argument("--address", help="a cluster; without it, this machine")
    args = words.parse_args()
    # One core per task: Ray runs one task on each core.
    command = [args.copydesk, "prelabel", "-", "--from", "jsonl", "--jobs", "1"]

    def prelabel(batch):
        lines = list(batch["text"])
        given = "".join(line + "\n" for line in lines).encode("utf-8")
        done = subprocess.run(command, input=given, stdout=subprocess.PIPE)
        # Exit code 3: finished, but some records were bad; each of them says why in `error`.
        if done.returncode not in (0, 3):
            raise RuntimeError(f"{command[0]} ended with {done.returncode}")
        came = done.stdout.decode("utf-8").split("\n")[:-1]
        if len(came) != len(lines):
            raise RuntimeError(f"{len(lines)} records went in, {len(came)} came out")
        return {"record": came}

    ray.init(address=args.address, include_dashboard=False, log_to_driver=False)
    records = ray.data.read_text(args.source)
    # Ray retries a worker that dies, but an exception only with `retry_exceptions`.
    labelled = records.map_batches(prelabel, batch_size=args.batch, max_retries=3, retry_exceptions=True)
    labelled.write_parquet(args.out)
    before, after = records.count(), ray.data.read_parquet(args.out).count()
    if before != after:
        raise SystemExit(f"{before} records went in, {after} came out")
    print(json.dumps({"records": after}))


if __name__ == "__main__":
    main()
