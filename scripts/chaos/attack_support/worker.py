"""Rows 3, 4, 7, 11: the worker's monitor, dialogue, locks and ledger."""

import contextlib
import os
import resource
import select
import socket
import time
import urllib.error
import urllib.request

from bench import resident_kib, wait_for

from .cases import FREE_DISK, JOBS, SETTINGS, Target, case, locks, require, require_root, stop


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def health(port):
    """The status of `/healthz`; None where nobody answers in two seconds."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def monitored(folder):
    port = free_port()
    return Target(folder, SETTINGS + FREE_DISK + JOBS + f"monitor: {{port: {port}}}\n"), port


def few_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))


@case(3, "300 half-open requests, 128 open files")
def half_open(folder):
    target, port = monitored(folder)
    with target.worker(preexec_fn=few_descriptors) as worker, contextlib.ExitStack() as open_sockets:
        require(wait_for(lambda: health(port) == 200, 20), "the monitor does not answer")
        for _ in range(300):
            try:
                connection = socket.create_connection(("127.0.0.1", port), timeout=1)
                open_sockets.enter_context(connection)
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")
            except OSError:
                # The queue of the listening socket is full, or the bound is reached: as it may be.
                continue
            if worker.poll() is not None:
                break
        is_ended = wait_for(lambda: worker.poll() is not None, 5)
        require(not is_ended, f"the worker ended with {worker.returncode}")
        require(wait_for(lambda: health(port) == 200, 40, every=1), "/healthz is not answered in 40 s")
        target.drop("after.yaml", target.manifest("after"))
        require(target.settled("after", 30) == "succeeded", f"a job is {target.state('after')}")


@case(3, "headers without end")
def endless_headers(folder):
    target, port = monitored(folder)
    line = b"X: " + b"x" * 1000 + b"\r\n"
    with target.worker() as worker:
        require(wait_for(lambda: health(port) == 200, 20), "the monitor does not answer")
        before, limit, sent, is_closed = resident_kib(worker.pid), time.monotonic() + 20, 0, False
        with contextlib.closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n")
            while time.monotonic() < limit and not is_closed:
                readable, writable, _ = select.select([connection], [connection], [], 1)
                try:
                    # What comes is a refusal, or the end.
                    is_closed = bool(readable) and not connection.recv(4096)
                    sent += connection.send(line) if writable else 0
                except OSError:
                    is_closed = True
        grown = (resident_kib(worker.pid) - before) >> 10
        told = f"{sent >> 10} KiB were taken, and {grown} MiB of memory"
        require(is_closed, f"after 20 s the connection is still open; {told}")
        require(grown < 16, told)
        require(wait_for(lambda: health(port) == 200, 5), "the monitor no longer answers")


@case(4, "3,000 slices with long names")
def many_slices(folder):
    target = Target(folder)
    rows = [
        {"prompt": f"Review: it was good {row}", "completion": " positive", "domain": f"{row} " + "long" * 750}
        for row in range(3000)]
    target.rows("data/slices.jsonl", rows)
    target.drop("slices.yaml", target.manifest("slices").replace("data/test.jsonl", "data/slices.jsonl"))
    with target.worker():
        state = target.settled("slices", 120)
        # A job that goes on after its end, if there is one.
        time.sleep(1)
        state = target.settled("slices", 60)
    has_latest = os.path.lexists(target.latest("slices"))
    runs = target.runs("slices")
    require(
        has_latest == (state == "succeeded") and len(runs) <= 1,
        f"the ledger says {state}, there are {len(runs)} runs and {'a' if has_latest else 'no'} `latest`")
    require(state in ("succeeded", "rejected"), f"the job is {state}")


@case(7, "another account's locks on the worker's folders")
def foreign_locks(folder):
    require_root()
    target = Target(folder)
    target.drop("first.yaml", target.manifest("shared"))
    target.ask("watch", "--once")
    require(target.state("shared") == "succeeded", "the first job did not succeed")
    state, outbox = folder / ".lorad", folder / "outbox"
    paths = [state, *state.rglob("*"), outbox, outbox / "shared", *outbox.glob("*/*"), *outbox.glob(".*")]
    seen = []
    with locks(path for path in paths if not path.is_symlink()) as held:
        inside = [str(path.relative_to(folder)) for path in held if state in [path, *path.parents]]
        if inside:
            seen.append(f"it holds {', '.join(inside[:4])}")
        elsewhere = [path for path in held if state not in [path, *path.parents]]
        with target.worker() as worker:
            target.drop("second.yaml", target.manifest("shared", seed=7))
            wait_for(lambda: len(target.runs("shared")) == 2, 20)
            if len(target.runs("shared")) != 2:
                seen.append("nothing was published in 20 s")
            if target.ask("status", seconds=10).returncode != 0:
                seen.append("`status` did not answer in 10 s")
            if worker.poll() is None and stop(worker, 12) is None:
                seen.append("SIGTERM did not end the worker in 12 s")
    require(elsewhere, "no lock could be taken in the outbox, so this says nothing")
    require(not seen, "; ".join(seen))


@case(7, "the state folder's modes under umask 0")
def modes(folder):
    target = Target(folder)
    target.drop("first.yaml", target.manifest("first"))
    target.ask("watch", "--once", umask=0)
    require(target.state("first") == "succeeded", "the job did not succeed")
    state = folder / ".lorad"
    wide = [path for path in [state, *state.rglob("*")]
            if not path.is_symlink() and path.lstat().st_mode & 0o077 and not path.is_socket()]
    told = [f"{path.relative_to(folder)} is {path.stat().st_mode & 0o777:03o}" for path in wide]
    require(not told, "; ".join(told[:4]) + (f"; {len(told) - 4} more" if len(told) > 4 else ""))


def with_ledger(folder):
    """A stopped worker's folders, with jobs in the ledger and a backup beside it."""
    target = Target(folder)
    target.pause()
    for number in range(200):
        # A mistake, so that nothing has to run.
        target.drop(f"job{number}.yaml", target.manifest(f"job{number}").replace("max_steps", "max_stps"))
    target.drop("last.yaml", target.manifest("last"))
    target.ask("resume")
    target.ask("watch", "--once")
    require(target.state("last") == "succeeded", "the job did not succeed")
    require(target.ask("backup").returncode == 0, "`backup` did not work")
    return target, folder / ".lorad/ledger.sqlite"


def require_refusal(answer, *words):
    require(answer.returncode is not None, "the worker went on")
    require(answer.returncode == 65, f"the worker ended with {answer.returncode}, not 65")
    missing = [word for word in words if word not in answer.told]
    require(not missing, f"the message does not say {', '.join(missing)}: {answer.told.strip()[-300:]}")


@case(11, "garbage in the ledger's middle")
def damaged_ledger(folder):
    target, ledger = with_ledger(folder)
    size = ledger.stat().st_size
    with open(ledger, "r+b") as file:
        # Past the schema's pages: what is read at every start is whole.
        file.seek(size // 2 // 4096 * 4096)
        file.write(os.urandom(size // 4 // 4096 * 4096))
    require_refusal(target.ask("watch", "--once", seconds=30), "backups")


@case(11, "an empty ledger beside backups")
def empty_ledger(folder):
    target, ledger = with_ledger(folder)
    os.truncate(ledger, 0)
    require_refusal(target.ask("watch", "--once", seconds=30), "cp ", "backups")


@case(11, "no ledger beside backups")
def removed_ledger(folder):
    target, ledger = with_ledger(folder)
    ledger.unlink()
    require_refusal(target.ask("watch", "--once", seconds=30), "cp ", "backups")


@case(11, "a ledger exchanged under a worker")
def exchanged_ledger(folder):
    target, ledger = with_ledger(folder)
    with target.worker() as worker:
        wait_for(lambda: "worker.lock" in os.listdir(folder / ".lorad"), 20)
        time.sleep(1)
        for path in ledger.parent.glob("ledger.sqlite*"):
            path.unlink()
        target.drop("lost.yaml", target.manifest("lost"))
        is_ended = wait_for(lambda: worker.poll() is not None, 20)
        require(is_ended, "the worker goes on, and writes what nobody will read")
        require(worker.returncode not in (0, -6, -11), f"it ended with {worker.returncode}")
        require("ledger" in target.log, "it does not say that the ledger went away")
