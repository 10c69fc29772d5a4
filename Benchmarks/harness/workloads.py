"""What is measured, and what is asked of it: by issue 3 where the CPU has AVX-512, by issue 14 where it has AVX2 alone."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BASE = ROOT / "bases/SmolLM2-135M-Instruct.Q4_1.gguf"
ROWS = ROOT / "data/sentiment/train.jsonl"
DTYPES = ("float32", "bfloat16")


@dataclass(frozen=True)
class Target:
    """Bounds of one figure; `aim` is absent where the issue names none."""

    must: float
    aim: float | None = None


@dataclass(frozen=True)
class Workload:
    """One row of the first table: the same steps for lorad and for PEFT."""

    name: str
    title: str
    dtype: str
    source: tuple[str, ...]
    warmup: int
    steps: int
    eager_ratio: Target
    compiled_ratio: Target | None
    share: Target
    memory_ratio: float
    # What PEFT computes in: as lorad, unless its products of that dtype are far slower than its float32.
    peft_dtype: str | None = None


SENTIMENT = ("--rows", str(ROWS), "--batch", "16")
PACKED = ("--packed", "4x512")

WITH_AVX512 = (
    Workload("sentiment-float32", "sentiment rows, batch 16, float32", "float32", SENTIMENT, 3, 12,
             Target(2.4, 2.8), Target(2.0), Target(0.75, 0.85), 0.35),
    Workload("sentiment-bfloat16", "sentiment rows, batch 16, bfloat16", "bfloat16", SENTIMENT, 3, 12,
             Target(4.4, 5.0), Target(3.5), Target(0.75, 0.85), 0.35),
    Workload("packed-float32", "packed 4 × 512, every token labelled, float32", "float32", PACKED, 2, 5,
             Target(1.35, 1.5), None, Target(0.75, 0.85), 0.30),
    Workload("packed-bfloat16", "packed 4 × 512, every token labelled, bfloat16", "bfloat16", PACKED, 2, 5,
             Target(2.0, 2.4), Target(1.6), Target(0.70, 0.85), 0.30),
)

# By name, what differs with AVX2 alone. PEFT's bfloat16 runs at 1 GFLOP/s there, so both dtypes are held against its
# float32; peak memory of both in bfloat16 storage is held against the same.
WITH_AVX2 = {
    "sentiment-float32": {"eager_ratio": Target(4.5), "compiled_ratio": Target(3.5), "share": Target(0.75)},
    "sentiment-bfloat16": {"eager_ratio": Target(4.5), "compiled_ratio": Target(3.5), "share": Target(0.75),
                           "peft_dtype": "float32"},
    "packed-float32": {"eager_ratio": None, "share": Target(0.72)},
    "packed-bfloat16": {"eager_ratio": None, "compiled_ratio": None, "share": Target(0.72), "peft_dtype": "float32"},
}


def workloads() -> tuple[Workload, ...]:
    """The first table's rows, with the bounds of the variant that is measured."""
    if os.environ.get("LORAD_KERNELS") != "x86-64-v3" and has_avx512():
        return WITH_AVX512
    return tuple(replace(workload, **WITH_AVX2[workload.name]) for workload in WITH_AVX512)


def has_avx512() -> bool:
    return " avx512f " in Path("/proc/cpuinfo").read_text()


# One sequence of 4,096 tokens with activations computed again; held against as many tokens in short sequences under
# the same settings.
LONG = ("--packed", "1x4096", "--activation-checkpointing")
LONG_AS_SHORT = ("--packed", "8x512", "--activation-checkpointing")
LONG_RATE = Target(0.60)
LONG_MEMORY = 1.5 * 2**30

ADAPTER_COST = 0.04
EVALUATION_RATE = 2.5
DECODING_SHARE = 0.60
START_SECONDS = 3.0
# MB of text a second, on one thread.
TOKENIZER_RATE = 5


@dataclass(frozen=True)
class Point:
    """One row of the scaling table."""

    group: str
    title: str
    options: tuple[str, ...]
    base: str = str(BASE)
    threads: int | None = None


def scaling_points(quick: bool) -> list[Point]:
    """The scaling table's rows; a few for a quick look. Rank 8 on q and v with two threads stands among them."""
    packed = ("--packed", "4x512")
    points = [
        Point("tokens a step", f"{128 * count:,} (sequences of 128)", ("--packed", f"{count}x128"))
        for count in (1, 4, 16, 64)
    ]
    points += [
        Point("sequence length", f"{length:,} (4,096 tokens a step)", ("--packed", f"{4096 // length}x{length}"))
        for length in (64, 256, 1024, 4096)
    ]
    points += [Point("rank", str(rank), (*packed, "--rank", str(rank))) for rank in (1, 8, 16, 64)]
    points += [
        Point("targets", targets.replace(",", ", "), (*packed, "--targets", targets))
        for targets in ("q_proj,k_proj,v_proj,o_proj", "all-linear")
    ]
    points += [Point("threads", "1", packed, threads=1)]
    points += [
        Point("base", title, packed, base=f"random:{name}")
        for name, title in (("135m", "135M"), ("360m", "360M, random"), ("1b", "about 1B, random"))
    ]
    return [points[0], points[3], points[-4]] if quick else points
