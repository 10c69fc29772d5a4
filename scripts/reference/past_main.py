"""Has one build of lorad leave behind what its users have: runs, checkpoints, and a worker's state with every state.

usage: python scripts/reference/past_main.py LORAD COMMIT      (standard library only; takes about five minutes)

Writes Tests/Fixtures/past/COMMIT, PROVENANCE.md included. Once written a commit's folder stays as it is, whatever lorad
becomes: `make test` holds every later lorad to verifying, migrating and resuming what is in it.
"""

import contextlib
import http.server
import json
import os
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[2] / "Tests/Fixtures"
BASES = {"base": FIXTURES / "llama-tiny/base", "pairs": FIXTURES / "classifiers/bert-pair/base"}
STEPS, EVERY = 240, 40
WORDS = ["the film", "the cast", "it", "a bad film", "the great cast"]
QUESTIONS = [("Review: it was", " good"), ("Review: the film was boring", " negative"), ("a great cast", " was bad")]
# Of what `lorad doctor` says of the machine, that which decides how products round.
KEPT = ("cpu", "cpu_features", "kernels", "bfloat16", "threads", "openblas_core", "openblas")
PAIRS = [("good film", "bad"), ("good film 3", "good 1"), ("bad", "good")]


class Lorad:
    """The program in one working folder; every command is kept for PROVENANCE.md."""

    def __init__(self, program, folder):
        self.program, self.folder, self.commands = str(Path(program).resolve()), Path(folder), []
        self.environment = dict(os.environ)

    def start(self, *arguments):
        self.commands.append("lorad " + shlex.join(arguments))
        return subprocess.Popen(
            [self.program, *arguments], cwd=self.folder, env=self.environment, text=True, stdout=subprocess.PIPE,
            stderr=open(self.folder / "errors.log", "a"))

    def run(self, *arguments, status=0):
        process = self.start(*arguments)
        output = process.communicate(timeout=600)[0]
        if process.returncode != status:
            sys.exit(f"lorad {arguments} ended with {process.returncode}: {(self.folder / 'errors.log').read_text()}")
        return output

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--json"))

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def wait(what, condition, seconds=300):
    end = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > end:
            sys.exit(f"{what} did not come")
        time.sleep(0.01)
    return found


def prepare(lorad):
    """Bases, data and lorad.yaml; returns the bases' hashes."""
    for name, base in BASES.items():
        shutil.copytree(base, lorad.folder / name)
    reviews, pairs = [], []
    for row in range(24):
        positive, domain = row % 2 == 0, "b" if row % 3 else "a"
        reviews.append({"prompt": f"Review: {WORDS[row % 5]} was {'good' if positive else 'boring'} {row}",
                        "completion": " positive" if positive else " negative", "domain": domain})
        pairs.append({"text": f"good film {row}", "text_pair": f"{'good' if positive else 'bad'} {row % 5}",
                      "label": "same" if positive else "other", "domain": domain})
    for name, rows in {"reviews": reviews, "pairs": pairs}.items():
        lines = [json.dumps(row) + "\n" for row in rows]
        lorad.write(f"data/{name}-train.jsonl", "".join(lines[:16]))
        lorad.write(f"data/{name}-test.jsonl", "".join(lines[16:]))
    lorad.write("lorad.yaml", "threads: 1\nquiet_time: 0.1\nlimits: {free_disk_mib: 0}\n")
    return {name: lorad.json("hash", name) for name in BASES}


def reviews(hashes, name, dtype, extra=""):
    return f"""name: {name}
base: {{path: base, sha256: {hashes["base"]["sha256"]}}}
dataset: data/reviews-train.jsonl
adapter: {{rank: 4, dropout: 0.1}}
training: {{max_steps: {STEPS}, batch_size: 4, learning_rate: 5.0e-3, checkpoint_every: {EVERY}, dtype: {dtype}}}
evaluation: {{data: data/reviews-test.jsonl, slice_by: domain, choices: [" positive", " negative"]}}
{extra}"""


def manifests(lorad, hashes):
    for dtype in ("float32", "bfloat16"):
        lorad.write(f"reviews-{dtype}.yaml", reviews(hashes, f"reviews-{dtype}", dtype))
    lorad.write("strict.yaml", reviews(hashes, "strict", "float32", "gates: [{metric: loss, max: 0.000001}]\n"))
    lorad.write("pairs.yaml", f"""name: pairs
base: {{path: pairs, sha256: {hashes["pairs"]["sha256"]}}}
dataset: data/pairs-train.jsonl
adapter: {{rank: 4, dropout: 0.1, targets: [query, value]}}
training: {{max_steps: 60, batch_size: 8, learning_rate: 1.0e-2, checkpoint_every: 20, dtype: float32}}
evaluation: {{data: data/pairs-test.jsonl, slice_by: domain}}
merge: {{export: safetensors}}
""")
    # What the next lorad calls a mistake: a pin of the tokenizer by this one's definition of its hash.
    pin = f"sha256: {hashes['base']['sha256']}, tokenizer_sha256: {hashes['base']['tokenizer_sha256']}"
    lorad.write("pinned.yaml", reviews(hashes, "pinned", "float32").replace(
        f"sha256: {hashes['base']['sha256']}", pin))


def publish(lorad, target):
    """Four runs, and what the program answers with their adapters."""
    scores = {}
    for name, status in {"reviews-float32": 0, "reviews-bfloat16": 0, "pairs": 0, "strict": 1}.items():
        line = json.loads(lorad.run("run", f"{name}.yaml", status=status).splitlines()[-1])
        shutil.copytree(lorad.folder / line["run_dir"], target / "runs" / name)
        if status:
            continue
        lorad.run("verify", line["run_dir"])
        if name == "pairs":
            model = ["--base", "pairs", "--adapter", line["run_dir"]]
            scores[name] = [
                {"text": text, "text_pair": other, "answer": lorad.json("score", *model, "--text", text, "--text-pair", other)}
                for text, other in PAIRS]
        else:
            model = ["--base", "base", "--adapter", line["run_dir"]]
            scores[name] = [
                {"prompt": prompt, "completion": completion,
                 "answer": lorad.json("score", *model, "--prompt", prompt, "--completion", completion)}
                for prompt, completion in QUESTIONS]
    (target / "scores.json").write_text(json.dumps(scores, indent=1, sort_keys=True) + "\n")


def interrupt(lorad, target, dtype):
    """The work folder of a job that SIGTERM met in the middle."""
    name = f"reviews-{dtype}"
    work = lorad.folder / ".lorad/foreground" / name
    process = lorad.start("run", f"{name}.yaml")
    wait("a checkpoint", lambda: (work / "checkpoint.safetensors").exists())
    process.send_signal(signal.SIGTERM)
    if process.wait() != 130:
        sys.exit("the run was not interrupted")
    shutil.copytree(work, target / "checkpoints" / name)


class Receiver(http.server.BaseHTTPRequestHandler):
    """/ok takes a message, /gone answers 410."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(410 if self.path == "/gone" else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


class Ledger:
    """What the program's ledger holds while it works."""

    def __init__(self, lorad):
        self.path = lorad.folder / ".lorad/ledger.sqlite"

    def rows(self, query, *values):
        if not self.path.exists():
            return []
        with contextlib.closing(sqlite3.connect(self.path, timeout=10)) as database:
            try:
                return database.execute(query, values).fetchall()
            except sqlite3.OperationalError:
                return []

    def state(self, name):
        found = self.rows("SELECT state FROM jobs WHERE name = ? ORDER BY sequence DESC", name)
        return found[0][0] if found else None


def settings(entries, at_once=1):
    hooks = "".join(
        f"  - {{name: {name}, kind: generic, url_env: {name.upper()}_URL, allow_private: true, allow_http: true}}\n"
        for name in ("taken", "gone", "down"))
    return (
        "threads: 1\nquiet_time: 0.1\nscan_every: 1\nlimits: {free_disk_mib: 0, stop_time: 3600}\n"
        f"jobs: {{at_once: {at_once}, retry_wait: 60, heartbeat: 0.5}}\nhooks:\n{hooks}" + entries)


def schedule(lorad, ledger):
    """Scheduled runs that were submitted, unchanged, missed and failed."""
    missed = time.localtime((time.time() // 60 + 4) * 60)
    lorad.write("lorad.yaml", settings(f"""schedule:
  - {{name: nightly, cron: "* * * * *", manifest: reviews-float32.yaml}}
  - {{name: absent, cron: "* * * * *", manifest: absent.yaml}}
  - {{name: late, cron: "{missed.tm_min} {missed.tm_hour} * * *", manifest: pairs.yaml, catch_up_hours: 0}}
"""))

    def has(*states):
        found = {state for state, in ledger.rows("SELECT state FROM scheduled_runs")}
        return found.issuperset(states)

    worker = lorad.start("watch")
    wait("an unchanged night", lambda: has("submitted", "unchanged", "failed"))
    worker.send_signal(signal.SIGTERM)
    worker.wait()
    time.sleep(max(0, time.mktime(missed) + 62 - time.time()))
    worker = lorad.start("watch")
    wait("a missed night", lambda: has("missed"))
    worker.send_signal(signal.SIGTERM)
    worker.wait()


def work(lorad, hashes, ledger):
    """Jobs in every state, the worker killed at last."""
    lorad.write("lorad.yaml", settings("", at_once=2))
    for name in ("stopped", "killed", "postponed", "waiting", "unwanted"):
        # Longer than it takes to act on it; `checkpoint_every` and all else that decides the bytes is as in the run.
        lorad.write(f"{name}.yaml", reviews(hashes, name, "float32"))
    lorad.write("broken.yaml", "name: broken\nbase: {path: base}\ntrainig: {max_steps: 1}\n")
    shutil.copy(lorad.folder / "broken.yaml", lorad.folder / "inbox/broken.yaml")
    lorad.run("submit", "strict.yaml")
    lorad.run("submit", "pairs.yaml")
    lorad.run("watch", "--once", status=1)

    worker = lorad.start("watch")
    frozen = {}

    def freeze(name):
        """Stops the job's process once its folder holds a checkpoint."""
        lorad.run("submit", f"{name}.yaml")
        found = wait(f"{name}'s process", lambda: ledger.rows(
            "SELECT id, json_extract(execution, '$.process.pid') FROM jobs WHERE name = ?1 AND execution IS NOT NULL",
            name) or ledger.rows("SELECT id, child_pid FROM jobs WHERE name = ?1 AND child_pid IS NOT NULL", name))
        job, pid = found[0]
        wait(f"{name}'s checkpoint", lambda: (lorad.folder / ".lorad/jobs" / job / "checkpoint.safetensors").exists())
        os.kill(pid, signal.SIGSTOP)
        frozen[name] = pid

    freeze("postponed")
    os.kill(frozen["postponed"], signal.SIGKILL)
    wait("a retry", lambda: ledger.rows("SELECT 1 FROM jobs WHERE name = 'postponed' AND not_before IS NOT NULL"))
    freeze("killed")
    freeze("stopped")
    for name in ("waiting", "unwanted"):
        lorad.run("submit", f"{name}.yaml")
        wait(f"{name} in the queue", lambda: ledger.state(name) == "queued")
    lorad.run("cancel", "unwanted")
    lorad.run("pause")
    worker.send_signal(signal.SIGTERM)
    os.kill(frozen["stopped"], signal.SIGCONT)
    wait("an interrupted job", lambda: ledger.state("stopped") == "interrupted")
    worker.kill()
    worker.wait()
    os.kill(frozen["killed"], signal.SIGKILL)


def keep_state(lorad, target, ledger):
    """The state folder as the killed worker left it, and what the program says of it."""
    with contextlib.closing(sqlite3.connect(ledger.path)) as database:
        # The one state that lasts for an instant: as `Ledger.decide` writes it.
        database.execute("INSERT INTO scheduled_runs VALUES ('nightly', ?, 'decided', NULL)",
                         [int(time.time() // 60 * 60_000) + 60_000])
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    names = [name for name, in ledger.rows("SELECT DISTINCT name FROM jobs ORDER BY name")]
    told = {
        "status": lorad.json("status"), "jobs": {name: lorad.json("status", name)[0] for name in names},
        "deliveries": lorad.json("webhooks", "list", "--limit", "1000"),
        "scheduled_runs": ledger.rows("SELECT entry, due_at, state, detail FROM scheduled_runs ORDER BY due_at, entry")}
    (target / "ledger.json").write_text(json.dumps(told, indent=1, sort_keys=True) + "\n")
    with contextlib.closing(sqlite3.connect(ledger.path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    state = target / "state"
    state.mkdir()
    shutil.copy(ledger.path, state / "ledger.sqlite")
    for job in (lorad.folder / ".lorad/jobs").iterdir():
        shutil.copytree(job, state / "jobs" / job.name)


def describe(lorad, target, commit):
    machine = lorad.json("doctor")
    known = {key: machine.get(key) for key in KEPT}
    (target / "machine.json").write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
    version = lorad.run("--version").strip()
    commands = "\n".join(f"    {command}" for command in lorad.commands)
    (target / "PROVENANCE.md").write_text(f"""# What lorad {version}, commit {commit}, left behind

Written on {time.strftime("%Y-%m-%d", time.gmtime())} by `python scripts/reference/past_main.py LORAD {commit}`, LORAD being
that commit's `swift build -c release --product lorad`. **Never written again**: a later lorad verifies, migrates and
resumes these files or refuses them by name, and no lorad can write them anew.

The machine: {known["cpu"]}, {known["cpu_features"]};
kernels {known["kernels"]}, bfloat16 {known["bfloat16"].split(",")[0]}, OpenBLAS for {known["openblas_core"]}.

| path | holds |
|---|---|
| `runs/` | three runs that succeeded (an adapter in float32 and one in bfloat16, a classifier with its merged weights) and `strict`, which missed a gate; with names for folders, otherwise as published |
| `scores.json` | what `lorad score` said with their adapters |
| `checkpoints/` | work folders of the first two jobs, stopped by SIGTERM in the middle; undisturbed they end as in `runs/` |
| `state/` | the state folder of a worker that was killed: the ledger, whose jobs, deliveries and scheduled runs are in every state, and the jobs' folders with checkpoints and logs |
| `ledger.json` | what `lorad status` and `lorad webhooks list` said of that ledger, and its scheduled runs |
| `hashes.json` | what `lorad hash` said of the bases, `../../llama-tiny/base` and `../../classifiers/bert-pair/base` |
| `rows/` `*.yaml` | rows (in `data/` where the manifests say so) and manifests of all of them; `pinned.yaml` names the tokenizer by this commit's hash of it |
| `machine.json` | what `lorad doctor` said of the machine |

Everything is the program's own work but for one row of `scheduled_runs`: the state `decided` lasts for an instant and was
inserted as `Ledger.decide` writes it. The write-ahead log was folded into `ledger.sqlite`. `running` is a job whose worker
and process were killed by SIGKILL, `interrupted` one of the same worker after SIGTERM. Webhooks were sent to a server of
the script's own: one took them, one answered 410, one was not there.

The commands, in order:

{commands}
""")


def main():
    program, commit = sys.argv[1:]
    target = FIXTURES / "past" / commit
    if target.exists():
        sys.exit(f"{target} exists; what a commit left behind is never written again")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    with tempfile.TemporaryDirectory() as folder:
        lorad, result = Lorad(program, folder), Path(folder) / "result"
        lorad.environment |= {
            "TAKEN_URL": f"{address}/ok", "GONE_URL": f"{address}/gone", "DOWN_URL": "http://127.0.0.1:1/"}
        for name in ("inbox", "outbox", "pipelines", "result"):
            (lorad.folder / name).mkdir()
        hashes = prepare(lorad)
        (result / "hashes.json").write_text(json.dumps(hashes, indent=1, sort_keys=True) + "\n")
        manifests(lorad, hashes)
        publish(lorad, result)
        for dtype in ("float32", "bfloat16"):
            interrupt(lorad, result, dtype)
        ledger = Ledger(lorad)
        schedule(lorad, ledger)
        work(lorad, hashes, ledger)
        keep_state(lorad, result, ledger)
        describe(lorad, result, commit)
        # Under another name: what is called data is no part of the repository.
        shutil.copytree(lorad.folder / "data", result / "rows")
        for name in ("reviews-float32", "reviews-bfloat16", "strict", "pairs", "pinned"):
            shutil.copy(lorad.folder / f"{name}.yaml", result)
        shutil.copytree(result, target)


main()
