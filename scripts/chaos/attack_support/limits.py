"""Rows 12, 13, 14, 15: memory, the job's process, time, disks, quotas."""

import contextlib
import ctypes
import json
import os
import pathlib
import random
import re
import shutil
import signal
import struct
import subprocess
import time

from bench import BASE, LORAD, ROOT, children, job_processes, wait_for

from .cases import FREE_DISK, JOBS, SETTINGS, Target, case, require, require_root

# A base of 10.8 million parameters, whose adapter of a high rank is larger than itself.
WIDTH, INNER, LAYERS = 512, 1024, 4


def wide_base(folder):
    """Writes the base; its weights are random, in float32."""
    shutil.copytree(BASE, folder, dirs_exist_ok=True)
    configuration = json.loads((folder / "config.json").read_text())
    configuration.update(
        hidden_size=WIDTH, intermediate_size=INNER, num_hidden_layers=LAYERS, head_dim=64, num_attention_heads=8,
        num_key_value_heads=8)
    (folder / "config.json").write_text(json.dumps(configuration))
    shapes = {"model.embed_tokens.weight": [configuration["vocab_size"], WIDTH], "model.norm.weight": [WIDTH]}
    for layer in range(LAYERS):
        start = f"model.layers.{layer}."
        for name in "qkvo":
            shapes[f"{start}self_attn.{name}_proj.weight"] = [WIDTH, WIDTH]
        shapes[f"{start}mlp.gate_proj.weight"] = shapes[f"{start}mlp.up_proj.weight"] = [INNER, WIDTH]
        shapes[f"{start}mlp.down_proj.weight"] = [WIDTH, INNER]
        shapes[f"{start}input_layernorm.weight"] = shapes[f"{start}post_attention_layernorm.weight"] = [WIDTH]
    header, offset = {}, 0
    for name, shape in shapes.items():
        size = 4 * shape[0] * (shape[1] if len(shape) > 1 else 1)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    chance = random.Random(1)
    block = struct.pack("<65537f", *(chance.gauss(0, 0.02) for _ in range(65537)))
    text = json.dumps(header).encode()
    with open(folder / "model.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.write((block * (offset // len(block) + 1))[:offset])


def wide_manifest(target, name, rank, extra="", dtype="float32"):
    target.hash = json.loads(target.ask("hash", "wide", "--json").stdout_text)["sha256"]
    text = target.manifest(name, steps=2, extra=extra).replace("path: base,", "path: wide,")
    text = text.replace("{max_steps", f"{{dtype: {dtype}, max_steps")
    return text.replace("{rank: 4, dropout: 0.1}", f"{{rank: {rank}, targets: all-linear}}")


def memory_in_use(pid):
    """MiB that the kernel cannot take back, as limits.memory_mib counts them; 0 of a process that is gone."""
    with contextlib.suppress(OSError):
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        return sum(int(size) for size in re.findall(r"(?:RssAnon|RssShmem):\s+(\d+)", status)) >> 10
    return 0


@case(12, "the memory predicted for a high rank")
def predicted_memory(folder):
    target = Target(folder)
    wide_base(folder / "wide")
    target.write("job.yaml", wide_manifest(target, "job", WIDTH))
    told, taken = folder / "told", 0
    with open(told, "wb") as file:
        run = subprocess.Popen([LORAD, "run", "job.yaml"], cwd=folder, stdout=file, stderr=file)
    # Until it is trained: to look into an update of such a rank takes minutes.
    while run.poll() is None and "train: done" not in told.read_text():
        taken = max([taken, *(memory_in_use(pid) for pid in [run.pid, *children(run.pid)])])
        time.sleep(0.01)
    run.kill()
    run.wait()
    predicted = re.search(r"(\d+) MiB is predicted", told.read_text())
    require("train: done" in told.read_text() and predicted, f"it was not trained: {told.read_text()[-200:]}")
    require(taken <= 1.1 * int(predicted[1]), f"{predicted[1]} MiB predicted, {taken} MiB taken")


@case(12, "a high rank in bfloat16")
def high_rank(folder):
    target = Target(folder)
    wide_base(folder / "wide")
    target.write("job.yaml", wide_manifest(target, "job", 72, dtype="bfloat16"))
    answer = target.ask("run", "job.yaml")
    require(answer.returncode == 0, f"`run` answers {answer.returncode}")


@case(12, "`MemoryMax=` in the unit")
def memory_in_unit(folder):
    unit = (ROOT / "packaging/systemd/lorad.service").read_text()
    require(re.search(r"^#?\s*MemoryMax=", unit, re.M), "the unit does not speak of it")


def unconfined(pid):
    """What a process could still do, by what the kernel tells of it."""
    with open(f"/proc/{pid}/status") as file:
        status = dict(line.split(":\t", 1) for line in file.read().splitlines() if ":\t" in line)
    seen = [] if status.get("NoNewPrivs") == "1" else ["it may gain privileges"]
    return seen + ([] if status.get("Seccomp") == "2" else ["no filter of system calls"])


@case(13, "the rights of the process that reads manifests")
def reader_rights(folder):
    target = Target(folder)
    target.pause()
    # Of the pipelines' folder a manifest names a file, and no rule of lorad's own judges where that lies.
    (folder / "outside.yaml").write_text("very_secret_word: 1\n")
    (folder / "pipelines").mkdir(exist_ok=True)
    (folder / "pipelines/leak.yaml").symlink_to("../outside.yaml")
    roots = "allowed_roots: [data, base]\n"
    (folder / "lorad.yaml").write_text((folder / "lorad.yaml").read_text() + roots)
    with target.worker() as worker:
        target.drop("leak.yaml", target.manifest("leak") + "\npipeline: leak\n")
        require(wait_for(lambda: target.state("leak"), 30), "the manifest was not taken")
        readers = children(worker.pid)
        require(readers, "the worker reads manifests itself")
        seen = [line for reader in readers for line in unconfined(reader)]
    told = "".join(path.read_text() for path in (folder / "outbox/rejected").rglob("reason.txt"))
    if "very_secret_word" in told:
        seen.append("the reason of a rejection shows a file outside of what it may read")
    elif "leak" not in told:
        seen.append(f"the manifest was not rejected for what it names: {told!r}")
    require(not seen, "; ".join(seen))


@case(13, "the job process's rights")
def child_rights(folder):
    secret = "https://hooks.example/T0PSECRET"
    lines = "hooks: [{name: chat, kind: slack, url_env: CHAT_URL, events: [failed]}]\n"
    target = Target(folder, SETTINGS + FREE_DISK + JOBS + lines)
    target.drop("long.yaml", target.manifest("long", steps=100_000_000))
    seen = []
    with target.worker(env=dict(os.environ, CHAT_URL=secret)) as worker:
        require(wait_for(lambda: job_processes(folder), 20), "no job process was started")
        wait_for(lambda: target.query("SELECT 1 FROM stages WHERE stage = 'train'"), 20)
        child = job_processes(folder)[0]
        seen += unconfined(child)
        for pid, whose in [(worker.pid, "the worker's"), (child, "the job's")]:
            # Not even this account may look, unless it is root: as good.
            with contextlib.suppress(PermissionError), open(f"/proc/{pid}/environ", "rb") as file:
                if secret.encode() in file.read():
                    seen.append(f"/proc/PID/environ shows the hook's URL, {whose}")
        worker.send_signal(signal.SIGHUP)
        time.sleep(1)
        if "CHAT_URL" in target.log:
            seen.append("after SIGHUP the hook's URL is no longer known")
    require(not seen, "; ".join(seen))


@case(13, "Landlock, as provenance and doctor tell of it")
def landlock(folder):
    # landlock_create_ruleset(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION): the version, or an error.
    version = ctypes.CDLL(None, use_errno=True).syscall(444, None, 0, 1)
    target = Target(folder)
    target.drop("job.yaml", target.manifest("job"))
    target.ask("watch", "--once")
    require(target.state("job") == "succeeded", "the job did not succeed")
    seen = []
    if "landlock" not in target.ask("doctor").told.lower():
        seen.append("`doctor` does not speak of it")
    told = json.loads((target.latest("job") / "provenance.json").read_text()).get("confinement", {}).get("landlock")
    if told is None or version >= 2 and told.startswith("none"):
        seen.append(f"provenance.json says {told}")
    require(not seen, f"version {version} of the kernel's: " + "; ".join(seen))


@case(14, "wall_time while worker and job are stopped")
def stopped_time(folder):
    target = Target(folder, SETTINGS + JOBS + "limits: {free_disk_mib: 0, wall_time: 12}\n")
    target.drop("job.yaml", target.manifest("job", steps=400))
    with target.worker() as worker:
        require(wait_for(lambda: job_processes(folder), 20), "no job process was started")
        pids = [worker.pid, *job_processes(folder)]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(13)
        for pid in reversed(pids):
            os.kill(pid, signal.SIGCONT)
        state = target.settled("job", 60)
    reason = target.query("SELECT reason FROM jobs")
    require(state == "succeeded", f"the job {state}: {reason[0][0] if reason else ''}")


def tmpfs(folder, size):
    require_root()
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)


def fill(ballast):
    """Takes all the room there is."""
    with open(ballast, "wb", buffering=0) as file:
        for size in [65536, 512]:
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"\0" * size)


@case(14, "two estimates on one disk")
def summed_estimates(folder):
    target = Target(folder)
    wide_base(folder / "wide")
    # 60 MiB for checkpoints and 60 for the run: each has room, both have not.
    tmpfs(folder / "small", "96m")
    target.write("lorad.yaml", SETTINGS + FREE_DISK + "state: small/state\noutbox: small/outbox\n")
    try:
        target.write("job.yaml", wide_manifest(target, "job", 64, extra="merge: {export: safetensors}\n"))
        answer = target.ask("run", "job.yaml")
        require(
            "train: started" not in answer.told,
            f"it was trained, and then `run` answered {answer.returncode}: {answer.stderr_text.strip()[-200:]}")
        require("MiB" in answer.told, f"`run` answers {answer.returncode}: {answer.stderr_text.strip()[-200:]}")
    finally:
        subprocess.run(["umount", "-l", folder / "small"], check=False)


@case(14, "one fault, met by ten job threads")
def one_telling(folder):
    tmpfs(folder / "small", "24m")
    try:
        jobs = "jobs: {at_once: 10, retries: 10000, retry_wait: 0.3, longest_retry_wait: 1}\n"
        target = Target(folder / "target", SETTINGS + FREE_DISK + jobs)
        os.symlink("../small", target.folder / ".lorad")
        with target.worker():
            for number in range(12):
                target.drop(f"job{number}.yaml", target.manifest(f"job{number}", steps=100_000_000))
            require(wait_for(lambda: target.states().get("running") == 10, 30), "ten jobs did not start")
            before = len(target.log)
            fill(folder / "small/ballast")
            time.sleep(15)
            os.unlink(folder / "small/ballast")
            # With a job's id in it a line is that job's own, and so is one of each of its retries.
            lines = target.log[before:].splitlines()
        told = {line: lines.count(line) for line in lines}
        most = max(told.items(), key=lambda item: item[1], default=("", 0))
        require(told, "nothing was told of the full disk")
        require(most[1] <= 1, f"{most[1]} times: {most[0][:120]}")
    finally:
        subprocess.run(["umount", "-l", folder / "small"], check=False)


@case(14, "`latest` as a folder")
def latest_as_folder(folder):
    target = Target(folder)
    target.latest("job").mkdir(parents=True)
    target.drop("job.yaml", target.manifest("job"))
    with target.worker():
        state = target.settled("job", 30)
    require(
        not target.query("SELECT 1 FROM stages WHERE stage = 'train'") and target.runs("job") == ["latest"],
        f"it was trained; the job {state}, and there stand {target.runs('job')}")
    require(state == "rejected", f"the job {state}")


@case(14, "`outbox/NAME` as a link")
def linked_name(folder):
    target = Target(folder / "target")
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    os.symlink(elsewhere, target.folder / "outbox/job")
    target.drop("job.yaml", target.manifest("job"))
    with target.worker():
        state = target.settled("job", 30)
    require(not list(elsewhere.iterdir()), f"it was followed; the job {state}")
    require(not target.query("SELECT 1 FROM stages WHERE stage = 'train'"), f"it was trained; the job {state}")
    require(state == "rejected", f"the job {state}")
