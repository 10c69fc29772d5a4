"""A worker's folders with the tiny base, and what every chaos script asks of them."""

import hashlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LORAD = pathlib.Path(os.environ.get("LORAD", ROOT / ".build/release/lorad"))
BASE = ROOT / "Tests/Fixtures/llama-tiny/base"

WORDS = ["the film", "the cast", "it", "a bad film", "the great cast"]


class Bench:
    """`folder` becomes a worker's working folder: base, data, lorad.yaml."""

    def __init__(self, folder, settings=""):
        self.folder = pathlib.Path(folder)
        for name in ["inbox", "outbox", "pipelines", "data"]:
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        shutil.copytree(BASE, self.folder / "base", dirs_exist_ok=True)
        rows = [
            {
                "prompt": f"Review: {WORDS[row % 5]} was {'good' if row % 2 == 0 else 'boring'} {row}",
                "completion": " positive" if row % 2 == 0 else " negative",
                "domain": "a" if row % 3 == 0 else "b",
            }
            for row in range(24)
        ]
        for name, part in [("train", rows[:16]), ("test", rows[16:])]:
            (self.folder / f"data/{name}.jsonl").write_text("\n".join(map(json.dumps, part)))
        # Long ago: no job's data has changed since the job was submitted.
        (self.folder / "lorad.yaml").write_text(settings)
        self.hash = json.loads(self.lorad("hash", "base", "--json").stdout)["sha256"]

    def lorad(self, *arguments, check=True):
        return subprocess.run(
            [LORAD, *arguments], cwd=self.folder, capture_output=True, text=True, check=check, timeout=600)

    def start(self, *arguments, log="worker.log", **options):
        """Starts a worker, its messages appended to a file; `options` are subprocess.Popen's."""
        with open(self.folder / log, "ab") as file:
            return subprocess.Popen([LORAD, "watch", *arguments], cwd=self.folder, stdout=file, stderr=file, **options)

    def manifest(self, name, steps=6, seed=42, extra=""):
        return (
            f"name: {name}\n"
            f"base: {{path: base, sha256: {self.hash}}}\n"
            "dataset: data/train.jsonl\n"
            "adapter: {rank: 4, dropout: 0.1}\n"
            f"training: {{max_steps: {steps}, batch_size: 4, learning_rate: 1.0e-2, checkpoint_every: 20, seed: {seed}}}\n"
            'evaluation: {data: data/test.jsonl, slice_by: domain, choices: [" positive", " negative"]}\n'
            + extra)

    def drop(self, file_name, text):
        """Renames a whole file into the inbox."""
        hidden = self.folder / f"inbox/.{file_name}.part"
        hidden.write_text(text)
        hidden.rename(self.folder / "inbox" / file_name)

    def states(self):
        """How many jobs are in each state, read from the ledger's file."""
        ledger = self.folder / ".lorad/ledger.sqlite"
        if not ledger.exists():
            return {}
        connection = sqlite3.connect(f"file:{ledger}?mode=ro", uri=True, timeout=30)
        try:
            return dict(connection.execute("SELECT state, count(*) FROM jobs GROUP BY state").fetchall())
        except sqlite3.OperationalError:
            return {}
        finally:
            connection.close()

    def integrity(self):
        connection = sqlite3.connect(self.folder / ".lorad/ledger.sqlite", timeout=30)
        try:
            return connection.execute("PRAGMA integrity_check").fetchall()[0][0]
        finally:
            connection.close()

    def runs(self, name):
        """The published runs of a name, and nothing hidden among them."""
        folder = self.folder / "outbox" / name
        if not folder.is_dir():
            return []
        return sorted(
            entry.name for entry in folder.iterdir()
            if entry.is_dir() and not entry.is_symlink() and entry.name[0] != ".")

    def adapter(self, name):
        data = (self.folder / "outbox" / name / "latest" / "adapter_model.safetensors").read_bytes()
        return hashlib.sha256(data).hexdigest()

    def hidden(self):
        """What a reader of the outbox does not see: half-made runs, if any. A name's lock file stays."""
        return sorted(
            str(path.relative_to(self.folder / "outbox")) for path in (self.folder / "outbox").glob("*/.*")
            if path.name != ".lock")


def children(pid):
    """Processes whose parent is `pid`."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[1] == str(pid) and fields[0] != "Z":
            found.append(int(entry.name))
    return found


def job_processes(folder):
    """Job processes that work in this folder, whoever their parent is."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes().split(b"\0")
            if b"job-process" in command and os.readlink(entry / "cwd") == str(folder):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def resident_kib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def kill(pid, number=signal.SIGKILL):
    try:
        os.kill(pid, number)
        return True
    except ProcessLookupError:
        return False


def wait_for(condition, seconds, every=0.05):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if condition():
            return True
        time.sleep(every)
    return condition()


def quiet_folder(name):
    """A new folder on a disk, with every link resolved, as /proc/PID/cwd shows it."""
    folder = pathlib.Path(os.environ.get("CHAOS_FOLDER", "/tmp")).resolve() / f"lorad-chaos-{name}-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
