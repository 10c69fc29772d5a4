"""Rows 2, 5, 6, 10: bases and data that change while they are read."""

import hashlib
import itertools
import json
import os
import shutil
import threading
import time

from bench import wait_for

from .cases import FREE_DISK, JOBS, SETTINGS, Broken, Target, case, require, stop
from .inotify import CLOSED_UNWRITTEN, OPENED, exchange, watching

LONG_AGO = (1_600_000_000, 1_600_000_000)


def flip(path):
    """Changes the last bit of one weight in place: nothing that is computed shows it."""
    with open(path, "r+b") as file:
        file.seek(path.stat().st_size // 8 * 4)
        old = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([old ^ 1]))


@case(2, "a base changed in place, size and mtime kept")
def changed_base(folder):
    target = Target(folder)
    base = folder / "base"
    for path in base.iterdir():
        os.utime(path, LONG_AGO)
    target.write("first.yaml", target.manifest("first"))
    target.write("second.yaml", target.manifest("second", seed=7))
    require(target.ask("run", "first.yaml").returncode == 0, "the first job did not succeed")
    # Whatever a change within one tick of the clock may leave unseen is over.
    time.sleep(2.5)
    target.ask("hash", "base")
    weights = base / "model.safetensors"
    flip(weights)
    os.utime(weights, LONG_AGO)
    seen = []
    if json.loads(target.ask("hash", "base", "--json").stdout_text)["sha256"] == target.hash:
        seen.append("`hash` gives the old hash")
    if target.ask("run", "second.yaml").returncode == 0:
        seen.append("a job passes it as the pinned one")
    if target.ask("verify", "outbox/first/latest").returncode == 0:
        seen.append("`verify` passes it")
    require(not seen, "; ".join(seen))


def numbered(count, kind):
    return [
        {"id": f"{kind}{row}", "prompt": f"Review: it was {kind} {row}", "completion": " positive", "domain": "a"}
        for row in range(count)]


class Once:
    """Exchanges two paths at the call of this number."""

    def __init__(self, when, first, second):
        self.left, self.paths = when, (first, second)

    def __call__(self):
        self.left -= 1
        if self.left == 0:
            exchange(*self.paths)


@case(5, "data replaced between two readings")
def replaced_data(folder):
    seen, published = [], 0
    # So many rows that it takes a while from their reading on.
    files = [("train", "train", 3000), ("evaluation", "test", 600), ("regression", "prompts", 24)]
    for (role, file, most), when in itertools.product(files, range(1, 4)):
        target = Target(folder / f"{role}{when}")
        data = target.folder / "data"
        versions = {}
        for kind, count in [("old", most), ("new", most - 8)]:
            rows = numbered(count, kind)
            if role == "regression":
                rows = [{"id": row["id"], "prompt": row["prompt"]} for row in rows]
            path = target.rows(f"data/{kind}.jsonl", rows)
            versions[hashlib.sha256(path.read_bytes()).hexdigest()] = count
        os.rename(data / "old.jsonl", data / f"{file}.jsonl")
        extra = "regression: {prompts: data/prompts.jsonl}\n" if role == "regression" else ""
        target.write("job.yaml", target.manifest("job", extra=extra))
        with watching(data, f"{file}.jsonl", CLOSED_UNWRITTEN, Once(when, data / "new.jsonl", data / f"{file}.jsonl")):
            answer = target.ask("run", "job.yaml")
        if answer.returncode != 0:
            continue
        published += 1
        entry = next(entry for entry in target.provenance("job")["datasets"] if entry["role"] == role)
        if versions.get(entry["sha256"]) != entry["rows"]:
            seen.append(
                f"{role}: {entry['rows']} rows were read, and the hash is that of a file of "
                f"{versions.get(entry['sha256'])}")
    require(not seen, "; ".join(seen))
    require(published > 0, "all jobs failed: it says nothing")


@case(5, "a base changed in place, size and mtime kept, while it is trained on")
def base_changed_in_training(folder):
    target = Target(folder)
    weights = folder / "base/model.safetensors"
    os.utime(weights, LONG_AGO)
    target.drop("job.yaml", target.manifest("job", steps=4000))
    with target.worker():
        require(
            wait_for(lambda: target.query("SELECT 1 FROM stages WHERE stage = 'train' AND state = 'running'"), 30),
            "the job did not come to its training")
        flip(weights)
        os.utime(weights, LONG_AGO)
        state = target.settled("job", 120)
    require(state != "succeeded" and not os.path.lexists(target.latest("job")), f"the job {state}")


def scheduled(folder):
    """A worker's folders with a schedule of every minute, a first success, and data that takes minutes to hash."""
    target = Target(
        folder, SETTINGS + FREE_DISK + JOBS + "schedule:\n  - {name: tick, cron: '* * * * *', manifest: tick.yaml}\n")
    target.write("tick.yaml", target.manifest("tick"))
    target.drop("tick.yaml", target.manifest("tick"))
    with_schedule = (folder / "lorad.yaml").read_text()
    target.write("lorad.yaml", SETTINGS + FREE_DISK + JOBS)
    target.ask("watch", "--once")
    target.write("lorad.yaml", with_schedule)
    require(target.state("tick") == "succeeded", "the first job did not succeed")
    data = folder / "data/train.jsonl"
    # Sparse: it takes no room.
    os.truncate(data, 48 << 30)
    return target, data


@case(6, "data cut short, and a SIGTERM, while the scheduler hashes it")
def scheduler_hashes(folder):
    cut, data = scheduled(folder / "cut")
    stopped, other = scheduled(folder / "stopped")
    opened, other_opened = threading.Event(), threading.Event()
    seen = []
    with cut.worker() as first, stopped.worker() as second, \
            watching(data.parent, data.name, OPENED, opened.set), \
            watching(other.parent, other.name, OPENED, other_opened.set):
        require(opened.wait(90) and other_opened.wait(30), "the scheduler hashed nothing in 90 s")
        time.sleep(1)
        took = stop(second, 6)
        if took is None:
            seen.append("SIGTERM did not end the worker in 6 s")
            second.kill()
        os.truncate(data, 4096)
        if wait_for(lambda: first.poll() is not None, 10):
            seen.append(f"the file cut short ended the worker with {first.returncode}")
        else:
            os.truncate(data, 0)
            cut.drop("after.yaml", cut.manifest("after"))
            if not wait_for(lambda: cut.state("after") is not None, 20):
                seen.append("the worker took no manifest in 20 s")
    require(not seen, "; ".join(seen))


@case(10, "a folder exchanged for a link after the check")
def exchanged_folder(folder):
    target = Target(folder / "target")
    outside = folder / "outside"
    outside.mkdir()
    inside = target.folder / "data/rows"
    inside.mkdir()
    mark = "of another account"
    for place, text in [(inside, "our own"), (outside, mark)]:
        rows = [{"prompt": f"{text} {row}", "completion": " positive", "domain": text} for row in range(4)]
        (place / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    os.symlink(outside, target.folder / "data/link")
    target.write(
        "job.yaml", target.manifest("job").replace("data/test.jsonl", "data/rows/rows.jsonl"))
    done, swaps, outcomes = threading.Event(), 0, []

    def swap():
        nonlocal swaps
        while not done.is_set():
            exchange(inside, target.folder / "data/link")
            swaps += 1
            time.sleep(0.0005)

    thread = threading.Thread(target=swap, daemon=True)
    thread.start()
    try:
        limit = time.monotonic() + 20
        while time.monotonic() < limit:
            answer = target.ask("run", "job.yaml")
            outcomes.append(answer.returncode)
            scores = [path for path in (target.folder / "outbox").glob("job/*/report.json") if mark in path.read_text()]
            if scores or mark in answer.told:
                raise Broken(f"rows from outside were read in run {len(outcomes)}, after {swaps} exchanges")
    finally:
        done.set()
        thread.join()
    require(outcomes.count(0) > 0, f"no job of {len(outcomes)} succeeded: it says nothing")


@case(10, "state folder, lorad.yaml and secrets as data, and links to them in a base")
def own_files_as_data(folder):
    secret = "https://hooks.example/T0PSECRET"
    target = Target(folder)
    (folder / "hook.url").write_text(secret)
    os.chmod(folder / "hook.url", 0o600)
    target.write(
        "lorad.yaml", SETTINGS + FREE_DISK + JOBS + "hooks: [{name: chat, kind: slack, url_file: hook.url}]\n")
    target.ask("status")
    target.drop("first.yaml", target.manifest("first", extra="notify: []\n"))
    target.ask("watch", "--once")
    seen = []
    for path in ["lorad.yaml", ".lorad/ledger.sqlite", "hook.url"]:
        target.write("job.yaml", target.manifest("job", extra="notify: []\n").replace("data/train.jsonl", path))
        answer = target.ask("validate", "job.yaml")
        if answer.returncode != 65:
            seen.append(f"{path} is accepted as data")
    for name in ["LICENSE", "chat_template.jinja"]:
        base = folder / f"base-{name}"
        shutil.copytree(folder / "base", base)
        (base / name).unlink(missing_ok=True)
        os.symlink("../hook.url", base / name)
        text = target.manifest("linked", extra="notify: []\nmerge: {export: safetensors}\n")
        target.write("linked.yaml", text.replace("path: base,", f"path: base-{name},"))
        target.ask("run", "linked.yaml")
    for path in (folder / "outbox").rglob("*"):
        if path.is_file() and secret.encode() in path.read_bytes():
            seen.append(f"the hook's URL was published as {path.relative_to(folder)}")
    require(not seen, "; ".join(sorted(seen)))


@case(10, "links that lead from one allowed root to another")
def honest_links(folder):
    target = Target(folder / "target", SETTINGS + FREE_DISK + JOBS + f"allowed_roots: ['.', '{folder}/store']\n")
    store = folder / "store"
    store.mkdir()
    shutil.move(target.folder / "base/model.safetensors", store / "blob")
    os.symlink(store / "blob", target.folder / "base/model.safetensors")
    shutil.move(target.folder / "data/train.jsonl", store / "train.jsonl")
    os.symlink("../../store/train.jsonl", target.folder / "data/train.jsonl")
    target.write("job.yaml", target.manifest("job"))
    answer = target.ask("run", "job.yaml")
    require(answer.returncode == 0, f"`run` answers {answer.returncode}: {answer.stderr_text.strip()[-200:]}")
