"""The measurements, in the order in which a run makes them."""

import statistics
from dataclasses import dataclass

from . import programs
from .programs import lorad, peft, progress
from .workloads import BASE, DTYPES, LONG, LONG_AS_SHORT, PACKED, SENTIMENT, WORKLOADS, Workload, scaling_points


@dataclass(frozen=True)
class Effort:
    """How long a run takes."""

    rounds: int
    quick: bool
    compiled: bool
    threads: int

    @property
    def seconds_each(self) -> str:
        return "0.05" if self.quick else "0.3"


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    lower = int(position)
    upper = min(lower + 1, len(ordered) - 1)
    return ordered[lower] + (ordered[upper] - ordered[lower]) * (position - lower)


def pooled(reports: list[dict | None]) -> dict | None:
    """Several rounds of the same steps as one: medians and spread over the measured steps of all rounds."""
    present = [report for report in reports if report]
    if not present:
        return None
    steps = [step for report in present for step in report["steps"][report["warmup"]:]]
    rates = [step["tokens"] / step["seconds"] for step in steps]
    result = {
        "rounds": len(present),
        "steps": len(steps),
        "tokens_per_step": statistics.median(step["tokens"] for step in steps),
        "tokens_per_second": statistics.median(rates),
        "tokens_per_second_p10": percentile(rates, 0.1),
        "tokens_per_second_p90": percentile(rates, 0.9),
        "seconds": statistics.median(step["seconds"] for step in steps),
        "seconds_p10": percentile([step["seconds"] for step in steps], 0.1),
        "seconds_p90": percentile([step["seconds"] for step in steps], 0.9),
        "peak_resident_bytes": max(report["peak_resident_bytes"] for report in present),
    }
    if "gigaflop" in steps[0]:
        result["gigaflop_per_token"] = statistics.median(step["gigaflop"] / step["tokens"] for step in steps)
        result["gigaflop_per_second"] = statistics.median(step["gigaflop"] / step["seconds"] for step in steps)
        result["allocations"] = statistics.median(step["allocations"] for step in steps)
        result["most_allocations"] = max(step["allocations"] for step in steps)
        result["page_faults"] = statistics.median(step["page_faults"] for step in steps)
    return result


def ceilings(effort: Effort, before: dict | None = None) -> dict | None:
    """The machine's rates; with an earlier measurement, the better of the two, since a ceiling is what was reached."""
    report = lorad("ceilings", "--seconds", effort.seconds_each, "--threads", str(effort.threads), what="ceilings")
    if not (before and report):
        return before or report
    for dtype, product in before["best"].items():
        if product["gigaflop_per_second"] > report["best"].get(dtype, product)["gigaflop_per_second"]:
            report["best"][dtype] = product
    report["read_gigabytes_per_second"] = max(
        before["read_gigabytes_per_second"], report["read_gigabytes_per_second"])
    return report


def side_by_side(workload: Workload, effort: Effort) -> dict:
    """lorad and PEFT in alternate turns over the same steps."""
    warmup, steps = (1, 2) if effort.quick else (workload.warmup, workload.steps)
    rows = programs.batches(workload.name.split("-")[0], workload.source, warmup + steps)
    common = ["--dtype", workload.dtype, "--threads", str(effort.threads), "--warmup", str(warmup),
              "--steps", str(steps)]
    ours, eager, compiled = [], [], []
    for turn in range(effort.rounds):
        what = f"{workload.name}, round {turn + 1} of {effort.rounds}"
        ours.append(lorad("train", *workload.source, *common, what=what))
        eager.append(peft(rows, *common, what=what))
    if effort.compiled and workload.compiled_ratio:
        # Compiling takes minutes, so this is one turn, and lorad's turns lie before and after it.
        compiled.append(peft(rows, *common, "--compile", what=f"{workload.name}, compiled"))
        ours.append(lorad("train", *workload.source, *common, what=f"{workload.name}, last round"))
    return {"lorad": pooled(ours), "peft": pooled(eager), "peft_compiled": pooled(compiled),
            "compile_seconds": compiled[0]["start"]["warmup_seconds"] if compiled and compiled[0] else None,
            "runs": {"lorad": ours, "peft": eager, "peft_compiled": compiled}}


def long_sequence(effort: Effort) -> dict:
    """One long sequence and short ones of as many tokens, in turns."""
    common = ["--dtype", "bfloat16", "--warmup", "1", "--steps", "1" if effort.quick else "2",
              "--threads", str(effort.threads)]
    turns = [(lorad("train", *LONG, *common, what="one sequence of 4,096 tokens"),
              lorad("train", *LONG_AS_SHORT, *common, what="eight sequences of 512 tokens"))
             for _ in range(effort.rounds)]
    return {"long": pooled([long for long, _ in turns]), "short": pooled([short for _, short in turns])}


def adapter_cost(dtype: str, effort: Effort) -> float | None:
    """The share of a step that the adapter takes: each step of rank 8 against the same step without an adapter."""
    rounds = {8: [], 0: []}
    for _ in range(effort.rounds):
        for rank, reports in rounds.items():
            report = lorad("train", *SENTIMENT, "--dtype", dtype, "--rank", str(rank), "--warmup", "1",
                           "--steps", "2" if effort.quick else "8", "--threads", str(effort.threads),
                           what=f"adapter's cost, rank {rank}, {dtype}")
            if report is None:
                return None
            reports.append(report["steps"][report["warmup"]:])
    # The rounds' fastest time of each step: what disturbs the machine only ever adds.
    totals = {rank: sum(min(step["seconds"] for step in same) for same in zip(*reports))
              for rank, reports in rounds.items()}
    return 1 - totals[0] / totals[8]


def middle(reports: list[dict | None], rate) -> dict | None:
    """Of several turns of one measurement the one with the median rate."""
    present = sorted((report for report in reports if report), key=rate)
    return present[(len(present) - 1) // 2] if present else None


def extras(effort: Effort) -> dict:
    """Figures beside the first table, by dtype; what is held against one another takes turns."""
    result = {}
    threads = ["--threads", str(effort.threads)]
    steps = ["--warmup", "1", "--steps", "2" if effort.quick else "8"]
    for dtype in DTYPES:
        trained, evaluated, decoded = [], [], []
        for _ in range(1 if effort.quick else 3):
            trained.append(lorad("train", *SENTIMENT, "--dtype", dtype, *steps, *threads, what=f"training, {dtype}"))
            evaluated.append(lorad("evaluate", *SENTIMENT, "--dtype", dtype, "--steps", "8" if effort.quick else "64",
                                   *threads, what=f"evaluation, {dtype}"))
            decoded.append(lorad("decode", "--dtype", dtype, "--tokens", "64" if effort.quick else "256", *threads,
                                 what=f"decoding, {dtype}"))
        result[dtype] = {
            "adapter_cost": adapter_cost(dtype, effort),
            "training": middle(trained, lambda report: report["summary"]["tokens_per_second"]),
            "evaluation": middle(evaluated, lambda report: report["summary"]["tokens_per_second"]),
            "decoding": middle(
                decoded, lambda report: report["weight_bytes_per_second"] / report["read_bytes_per_second"]),
            "start": start(dtype, effort)}
    return result


def start(dtype: str, effort: Effort) -> dict | None:
    """The second of two runs with a cache of hashes, as a nightly job starts."""
    options = [*SENTIMENT, "--dtype", dtype, "--warmup", "0", "--steps", "1", "--threads", str(effort.threads),
               "--hash-cache", str(programs.CACHE / "hashes.json")]
    programs.CACHE.mkdir(exist_ok=True)
    for what in ("start, hash not cached", "start, hash cached"):
        report = lorad("train", *options, what=f"{what}, {dtype}")
    return report and report["start"]


def scaling(effort: Effort) -> list[dict]:
    """One row a point, both dtypes."""
    rows = []
    for point in scaling_points(effort.quick):
        row = {"group": point.group, "title": point.title}
        for dtype in DTYPES:
            report = lorad("train", *point.options, "--dtype", dtype, "--warmup", "1",
                           "--steps", "1",
                           "--threads", str(point.threads or effort.threads), base=point.base,
                           what=f"{point.group} {point.title}, {dtype}")
            row[dtype] = pooled([report])
        rows.append(row)
    return rows


def step_time(effort: Effort) -> list[dict]:
    """Where a step's time goes, by kernel; empty for an engine without that clock."""
    rows = []
    for workload in WORKLOADS:
        report = lorad("train", *workload.source, "--dtype", workload.dtype, "--warmup", "1",
                       "--steps", "1" if effort.quick else "4", "--kernels", "--threads", str(effort.threads),
                       what=f"time by kernel, {workload.name}")
        if report:
            measured = report["steps"][report["warmup"]:]
            rows.append({"name": workload.name, "title": workload.title, "kernels": report["kernels"],
                         "seconds": sum(step["seconds"] for step in measured), "steps": len(measured)})
    return rows


def kernel_bounds(effort: Effort) -> dict | None:
    return lorad("kernels", "--seconds", effort.seconds_each, "--threads", str(effort.threads), what="kernels")


def tokenizer_speed(effort: Effort) -> dict | None:
    """One thread each, whatever the run has otherwise."""
    return programs.tokenizers("--rounds", str(effort.rounds), "--passes", "1" if effort.quick else "5")


def check_inputs() -> None:
    """Stops a run that could not measure anything."""
    if not BASE.exists():
        raise SystemExit(f"{BASE} is missing: run scripts/fetch")
    progress(f"base: {BASE.name}; packed workload: {PACKED[1]}")
