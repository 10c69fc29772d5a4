"""What a case of `attack` is, and the worker that it attacks."""

import contextlib
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import time

from bench import LORAD, Bench, job_processes, kill, wait_for

# Nothing of the machine's is waited for, nothing is retried at length, and the log is complete.
SETTINGS = """threads: 1
quiet_time: 0.05
scan_every: 1
retention: {backup_hours: 0}
"""
FREE_DISK = "limits: {free_disk_mib: 0}\n"
JOBS = "jobs: {retries: 1, retry_wait: 0.1, longest_retry_wait: 0.2}\n"
# An account that owns nothing.
NOBODY = 65534

CASES = []


class Broken(Exception):
    """What was seen instead of what is promised."""


class Skipped(Exception):
    """Why the case cannot be tried here."""


def case(row, what):
    """Makes a function of a new folder a case. It returns where the promise held and raises `Broken` where not."""
    def add(function):
        CASES.append((row, what, function))
        return function
    return add


def require(condition, seen):
    if not condition:
        raise Broken(seen)


def require_root():
    if os.geteuid() != 0:
        raise Skipped("needs root")


class Target(Bench):
    """A worker's folders, and what a case asks of them."""

    def __init__(self, folder, settings=SETTINGS + FREE_DISK + JOBS):
        folder.mkdir(parents=True)
        super().__init__(folder, settings)

    @contextlib.contextmanager
    def worker(self, *arguments, **options):
        """A worker that does not outlive the block."""
        worker = self.start(*arguments, **options)
        try:
            yield worker
        finally:
            for pid in [worker.pid, *job_processes(self.folder)]:
                kill(pid, signal.SIGCONT)
            if worker.poll() is None:
                worker.send_signal(signal.SIGTERM)
                try:
                    worker.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    worker.kill()
                    worker.wait()

    def ask(self, *arguments, seconds=120, **options):
        """Runs a command; one that takes longer than `seconds` has `returncode` None."""
        process = subprocess.Popen(
            [LORAD, *arguments], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            errors="surrogateescape", **options)
        try:
            process.stdout_text, process.stderr_text = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.stdout_text, process.stderr_text = process.communicate()
            process.returncode = None
        process.told = process.stdout_text + process.stderr_text
        return process

    def pause(self):
        """No job is started from now on; an empty run makes the ledger that remembers it."""
        self.ask("watch", "--once")
        self.ask("pause")

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def configure(self, settings, key):
        """Writes lorad.yaml; without `key` there is nothing to try."""
        self.write("lorad.yaml", settings)
        require("lorad.yaml" not in self.ask("status").stderr_text, f"lorad.yaml knows no {key}")

    def rows(self, name, rows):
        return self.write(name, "\n".join(json.dumps(row) for row in rows) + "\n")

    def query(self, sql, *arguments):
        ledger = self.folder / ".lorad/ledger.sqlite"
        if not ledger.exists():
            return []
        with contextlib.closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True, timeout=10)) as connection:
            try:
                return connection.execute(sql, arguments).fetchall()
            except sqlite3.OperationalError:
                return []

    def state(self, name):
        """The latest job's of a name; None where the ledger has none."""
        found = self.query("SELECT state FROM jobs WHERE name = ? ORDER BY sequence DESC LIMIT 1", name)
        return found[0][0] if found else None

    def settled(self, name, seconds):
        """The state in which the job of this name ended, or the one it is in after `seconds`."""
        wait_for(lambda: self.state(name) in ("succeeded", "failed", "rejected", "cancelled"), seconds)
        return self.state(name)

    def latest(self, name):
        return self.folder / "outbox" / name / "latest"

    def provenance(self, name):
        return json.loads((self.latest(name) / "provenance.json").read_text())

    @property
    def log(self):
        path = self.folder / "worker.log"
        return path.read_bytes().decode(errors="surrogateescape") if path.exists() else ""


def stop(worker, seconds):
    """How long the worker took to end after a SIGTERM; None where it did not in `seconds`."""
    started = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    try:
        worker.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return None
    return time.monotonic() - started


HOLDER = f"""
import fcntl, os, sys, time
held = []
os.setgroups([])
os.setgid({NOBODY})
os.setuid({NOBODY})
for path in sys.argv[1:]:
    try:
        descriptor = os.open(path, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        held.append(path)
    except OSError:
        pass
print("\\n".join(held), flush=True)
os.close(1)
time.sleep(600)
"""


@contextlib.contextmanager
def locks(paths):
    """Another account's locks on all of `paths` that it can open and lock, by leave of root. Gives those that it
    holds."""
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, *map(str, paths)], stdout=subprocess.PIPE, text=True)
    try:
        yield [pathlib.Path(path) for path in holder.stdout.read().split("\n") if path]
    finally:
        holder.kill()
        holder.wait()
