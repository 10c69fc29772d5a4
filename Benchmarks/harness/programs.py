"""lorad's and PEFT's benchmark programs: how they are built and called, and the JSON they print."""

import json
import os
import platform
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

from .workloads import BASE, ROOT

SCRATCH = ".build-bench"
PROGRAM = ROOT / SCRATCH / "release/TrainingBenchmark"
CACHE = ROOT / "Benchmarks/.cache"
PEFT = ROOT / "Benchmarks/peft"


# What makes the libraries that lorad is held against use a variant's instructions and no wider ones.
LIBRARIES = {
    "x86-64-v3": {"ATEN_CPU_CAPABILITY": "avx2", "DNNL_MAX_CPU_ISA": "AVX2", "ONEDNN_MAX_CPU_ISA": "AVX2",
                  "MKL_ENABLE_INSTRUCTIONS": "AVX2", "OPENBLAS_CORETYPE": "Haswell"},
    "x86-64-v4": {"ATEN_CPU_CAPABILITY": "avx512", "DNNL_MAX_CPU_ISA": "AVX512_CORE",
                  "ONEDNN_MAX_CPU_ISA": "AVX512_CORE", "OPENBLAS_CORETYPE": "SkylakeX"},
}


def take_variant(name: str) -> None:
    """Every program from now on, lorad's and PEFT's, computes as on a CPU that has this variant and nothing above it."""
    os.environ["LORAD_KERNELS"] = name
    os.environ.update(LIBRARIES.get(name, {}))


def progress(text: str) -> None:
    """One line for whoever waits."""
    print(f"{datetime.now():%H:%M:%S} {text}", file=sys.stderr, flush=True)


def build() -> None:
    """The programs that measure lorad, with the flags that lorad is shipped with."""
    for product in ("TrainingBenchmark", "TokenizerBenchmark"):
        progress(f"building {product}")
        command = ["swift", "build", "-c", "release", "--scratch-path", SCRATCH, "--product", product]
        jobs = os.environ.get("LORAD_BENCH_JOBS")
        if jobs:
            command += ["-j", jobs]
        subprocess.run(command, cwd=ROOT, env=os.environ | {"LORAD_BENCHMARKS": "1"}, check=True, stdout=sys.stderr)


def peft_python() -> Path:
    """The Python that has PEFT: LORAD_PEFT_PYTHON, or a virtual environment that is made on first use."""
    named = os.environ.get("LORAD_PEFT_PYTHON")
    if named:
        return Path(named)
    environment = ROOT / "Benchmarks/.venv"
    python = environment / "bin/python"
    if not (environment / "complete").exists():
        progress("installing PEFT's environment into Benchmarks/.venv")
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        requirements = PEFT / "requirements.txt"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", requirements], check=True, stdout=sys.stderr)
        (environment / "complete").touch()
    return python


def failure(errors: str) -> str:
    """Why a program failed, of what it wrote to standard error."""
    lines = errors.strip().splitlines()
    return next((line for line in lines if line.startswith("Error")), lines[-1] if lines else "no message")


def read_json(command: list, what: str) -> dict | None:
    """Standard output of a program as JSON; nothing, and a line of why, where it fails."""
    start = time.monotonic()
    result = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True)
    took = time.monotonic() - start
    if result.returncode != 0:
        progress(f"{what}: not measured ({failure(result.stderr)})")
        return None
    progress(f"{what}: {took:.0f} s")
    return json.loads(result.stdout.splitlines()[-1])


def lorad_command(command: str, *options: str, base: str = str(BASE)) -> list:
    return [PROGRAM, command, "--base", base, *options, "--json"]


def lorad(command: str, *options: str, base: str = str(BASE), what: str = "") -> dict | None:
    return read_json(lorad_command(command, *options, base=base), f"lorad {what or command}")


def batches(name: str, source: tuple[str, ...], steps: int) -> Path:
    """The file of token ids that both trainers' steps are made of."""
    CACHE.mkdir(exist_ok=True)
    path = CACHE / f"{name}.json"
    command = [PROGRAM, "batches", "--base", BASE, *source, "--steps", steps]
    path.write_text(subprocess.run([str(part) for part in command], cwd=ROOT, check=True, capture_output=True,
                                   text=True).stdout)
    return path


def peft_command(rows: Path, *options: str) -> list:
    return [peft_python(), PEFT / "peft_steps.py", rows, "--gguf", BASE, *options]


def tokenizers(*options: str) -> dict | None:
    """lorad's tokenizers and the tokenizers library in turns, in the Python that has the library."""
    script = ROOT / "Benchmarks/tokenizers/tokenizers_speed.py"
    program = ROOT / SCRATCH / "release/TokenizerBenchmark"
    return read_json([peft_python(), script, "--program", program, *options], "tokenizers")


def first_line(*command: str) -> str:
    """What a tool says of its version; a dash where there is no such tool."""
    try:
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    except OSError:
        return "–"
    return (result.stdout.strip().splitlines() or ["–"])[0]


def settle(load: float, seconds: float) -> None:
    """Waits until the machine does less than `load`, for so long at most: the build before still counts as load."""
    end = time.monotonic() + seconds
    while os.getloadavg()[0] > load and time.monotonic() < end:
        progress(f"waiting for the machine to become quiet (load {os.getloadavg()[0]:.2f})")
        time.sleep(10)


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    flags = next((line.split(":", 1)[1].split() for line in lines if line.startswith("flags")), [])
    units = [flag for flag in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if flag in flags]
    memory = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal"))
    load = Path("/proc/loadavg").read_text().split()[0]
    return {
        "date": f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC",
        "CPU": f"{names[0] if names else platform.machine()}, {len(names) or os.cpu_count()} cores, "
               f"{', '.join(units)}",
        "kernels": os.environ.get("LORAD_KERNELS", "the widest variant that the CPU has"),
        "memory": f"{int(memory.split()[1]) / 2**20:.1f} GiB",
        "kernel": platform.release(),
        "load before the run": load,
        "lorad": first_line("git", "describe", "--always", "--dirty"),
        "Swift": first_line("swift", "--version"),
        "OpenBLAS": first_line("pkg-config", "--modversion", "openblas"),
        "oneDNN": first_line("dpkg-query", "-W", "-f", "${Version}", "libdnnl-dev"),
    }
