"""Rows 1 and 14: what arrives in the inbox."""

import os
import signal
import stat
import time

from bench import children, kill, wait_for

from .cases import FREE_DISK, JOBS, SETTINGS, Target, case, require, require_root, stop
from .inotify import OPENED, watching


@case(1, "a path of 60,000 components")
def long_path(folder):
    target = Target(folder)
    path = "a/" * 60_000 + "a"
    with target.worker() as worker:
        wait_for(lambda: target.query("SELECT 1 FROM jobs LIMIT 0") == [] and "ledger.sqlite" in listing(folder), 20)
        target.drop("long.yaml", target.manifest("long").replace("data/train.jsonl", path))
        time.sleep(0.5)
        target.drop("after.yaml", target.manifest("after"))
        is_taken = wait_for(lambda: target.state("after") is not None, 25)
        is_rejected = wait_for(lambda: target.state("long") == "rejected", 1)
        took = stop(worker, 10)
    seen = []
    if not is_taken:
        seen.append("the manifest behind it was not taken in 25 s")
    if not is_rejected:
        seen.append("it was not rejected")
    if took is None:
        seen.append("SIGTERM did not end the worker in 10 s")
    require(not seen, "; ".join(seen))


def listing(folder):
    state = folder / ".lorad"
    return os.listdir(state) if state.is_dir() else []


@case(1, "a manifest whose reader is killed while it reads it, twice")
def killed_reader(folder):
    target = Target(folder)
    target.pause()
    claimed = folder / ".lorad/claimed"
    with target.worker() as worker:
        # The queue is paused: a child of the worker's is no job's process, so it reads manifests.
        target.drop("first.yaml", target.manifest("first"))
        require(wait_for(lambda: target.state("first"), 30), "the first manifest was not taken")
        readers = children(worker.pid)
        require(readers, "the worker reads manifests itself: there is no child to kill")
        known, kills = set(os.listdir(claimed)), 0

        def kill_readers():
            nonlocal kills
            kills += sum(kill(child) for child in children(worker.pid))

        # It waits until its files are watched.
        for reader in readers:
            kill(reader, signal.SIGSTOP)
        target.drop("poison.yaml", target.manifest("poison") + ("# " + "x" * 97 + "\n") * 10_000)
        claims = []

        def is_claimed():
            claims[:] = [path.parent for path in claimed.glob("*/poison.yaml") if path.parent.name not in known]
            return bool(claims)

        require(wait_for(is_claimed, 10, every=0.01), "it was not claimed in 10 s")
        with watching(claims[0], "poison.yaml", OPENED, kill_readers):
            for reader in readers:
                kill(reader, signal.SIGCONT)
            state = target.settled("poison", 30)
        require(worker.poll() is None, f"the worker ended with {worker.returncode}")
        require(state == "rejected", f"after {kills} kills it is {target.state('poison')}")
        require("poison" in target.log, "the log does not tell of it")
        target.drop("next.yaml", target.manifest("next"))
        require(wait_for(lambda: target.state("next") == "queued", 30), "the next manifest is not taken")


@case(1, "500 manifests at once, 50 claims a second")
def claim_rate(folder):
    target = Target(folder)
    target.pause()
    count = 500
    for number in range(count):
        name = f"flood{number:03d}"
        target.drop(f"{name}.yaml", target.manifest(name))
    with target.worker():
        require(wait_for(lambda: sum(target.states().values()) > 0, 20), "none was taken in 20 s")
        started, before = time.monotonic(), sum(target.states().values())
        wait_for(lambda: sum(target.states().values()) == count, 60)
        rate = (sum(target.states().values()) - before) / (time.monotonic() - started)
    require(rate >= 50, f"{rate:.0f} a second")


def refused_in_place(folder, name, make):
    target = Target(folder)
    inbox = folder / "inbox"
    make(inbox / name)
    with target.worker():
        wait_for(lambda: name in target.log, 10)
        target.drop("after.yaml", target.manifest("after"))
        require(target.settled("after", 30) == "succeeded", "the job behind it did not succeed")
    left = [str(path.relative_to(folder)) for path in (folder / "outbox").rglob("*.yaml")
            if stat.S_ISFIFO(path.lstat().st_mode) or stat.S_ISCHR(path.lstat().st_mode)]
    require(not left, f"moved to {', '.join(left)}")
    require(os.path.lexists(inbox / name), "gone from the inbox")
    require(name in target.log, "the log does not tell of it")


@case(14, "a FIFO in the inbox")
def fifo(folder):
    refused_in_place(folder, "pipe.yaml", os.mkfifo)


@case(14, "a device in the inbox")
def device(folder):
    require_root()
    refused_in_place(
        folder, "device.yaml", lambda path: os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5)))


@case(14, "an inbox on a disk below free_disk_mib")
def full_disk(folder):
    target = Target(folder, SETTINGS + JOBS + "limits: {free_disk_mib: 1073741824}\n")
    with target.worker() as worker:
        wait_for(lambda: "ledger.sqlite" in listing(folder), 20)
        target.drop("wait.yaml", target.manifest("wait"))
        time.sleep(4)
        is_left = (folder / "inbox/wait.yaml").exists()
        is_told = "free_disk_mib" in target.log
        target.write("lorad.yaml", SETTINGS + JOBS + FREE_DISK)
        worker.send_signal(signal.SIGHUP)
        state = target.settled("wait", 30)
    require(is_left, "it was claimed all the same")
    require(is_told, "the log does not say why it is not claimed")
    require(state == "succeeded", f"once there was room it did not succeed: {state}")


@case(14, "60 manifests of 1 MB with a mistake, of 8 MB that the ledger keeps")
def large_manifests(folder):
    target = Target(folder)
    settings = SETTINGS.replace("backup_hours: 0", "backup_hours: 0, manifests_mib: 8") + FREE_DISK + JOBS
    target.configure(settings, "retention.manifests_mib")
    line = "# " + "x" * 997 + "\n"
    for number in range(60):
        text = target.manifest(f"large{number}").replace("max_steps", "max_stps")
        target.drop(f"large{number}.yaml", text + line * 1000)
    with target.worker() as worker:
        wait_for(lambda: target.states().get("rejected") == 60, 60)
        count = target.states().get("rejected", 0)
        require(worker.poll() is None, f"the worker ended with {worker.returncode}")
    size = sum(path.stat().st_size for path in (folder / ".lorad").glob("ledger.sqlite*"))
    require(count == 60, f"{count} of 60 were rejected in 60 s")
    # Pages that are free again stay in the file, and the write-ahead log has its own.
    require(size < 24 << 20, f"the ledger has {size >> 20} MiB")


@case(14, "`name: rejected`, `latest`, `base`")
def reserved_names(folder):
    target = Target(folder)
    seen = []
    for name in ["rejected", "latest", "base"]:
        target.write("reserved.yaml", target.manifest(name))
        code = target.ask("validate", "reserved.yaml").returncode
        if code != 65:
            seen.append(f"`{name}` is answered with {code}")
    require(not seen, "; ".join(seen))


@case(14, "batch_size 10⁶ times gradient_accumulation 10⁶")
def huge_batch(folder):
    target = Target(folder)
    text = target.manifest("huge").replace("batch_size: 4", "batch_size: 1000000, gradient_accumulation: 1000000")
    target.write("huge.yaml", text)
    answer = target.ask("validate", "huge.yaml")
    require(answer.returncode == 65, f"`validate` answers {answer.returncode}")


@case(14, "`status` in an empty folder")
def status_makes_nothing(folder):
    folder.mkdir()
    target = Target.__new__(Target)
    target.folder = folder
    answer = target.ask("status", seconds=20)
    require(answer.returncode is not None, "it did not end")
    made = sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
    require(not made, f"it made {', '.join(made)}")
