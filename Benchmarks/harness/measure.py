"""The measurements, in the order in which a run makes them."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from . import programs
from .programs import lorad, lorad_command, peft_command, progress
from .turns import Trainer, take_turns
from .workloads import BASE, DTYPES, LONG, LONG_AS_SHORT, PACKED, SENTIMENT, Workload, scaling_points, workloads


@dataclass(frozen=True)
class Effort:
    """How long a run takes."""

    # How many times the trainers of a workload are started and take turns to their last step.
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


def measured(report: dict) -> list[dict]:
    """The steps after the warm-up."""
    return report["steps"][report.get("warmup", 0):]


def over_pairs(ones: list[dict | None], others: list[dict | None],
               value: Callable[[dict, dict], float]) -> float | None:
    """Median of a figure of two trainers' steps, each with the same step of the other, over all rounds."""
    values = [value(one, other) for first, second in zip(ones, others) if first and second
              for one, other in zip(measured(first), measured(second), strict=True)]
    return statistics.median(values) if values else None


def seconds_ratio(one: dict, other: dict) -> float:
    """How many times as long the other step took."""
    return other["seconds"] / one["seconds"]


def rate(steps: list[dict], amount: str = "tokens") -> float:
    """Tokens, or another amount, a second of steps that followed one another."""
    return sum(step[amount] for step in steps) / sum(step["seconds"] for step in steps)


def pooled(reports: list[dict | None]) -> dict | None:
    """Several rounds of the same steps as one: medians and spread over the measured steps of all rounds."""
    present = [report for report in reports if report]
    if not present:
        return None
    steps = [step for report in present for step in measured(report)]
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


def in_turns(commands: dict[str, list], what: str, effort: Effort) -> dict[str, list[dict | None]]:
    """Each program's reports, one a round; in a round the programs take turns of one step."""
    reports: dict[str, list[dict | None]] = {name: [] for name in commands}
    for number in range(effort.rounds):
        title = what if effort.rounds == 1 else f"{what}, round {number + 1} of {effort.rounds}"
        trainers = {name: Trainer(command, f"{title}, {name}") for name, command in commands.items()}
        for name, report in take_turns(trainers).items():
            reports[name].append(report)
    return reports


def side_by_side(workload: Workload, effort: Effort) -> dict:
    """lorad and PEFT over the same steps."""
    warmup, steps = (1, 2) if effort.quick else (workload.warmup, workload.steps)
    rows = programs.batches(workload.name.split("-")[0], workload.source, warmup + steps)
    options = ["--threads", str(effort.threads), "--warmup", str(warmup), "--steps", str(steps)]
    common = ["--dtype", workload.dtype, *options]
    peft = ["--dtype", workload.peft_dtype or workload.dtype, *options]
    commands = {"lorad": lorad_command("train", *workload.source, *common), "peft": peft_command(rows, *peft)}
    if effort.compiled and workload.compiled_ratio:
        commands["peft_compiled"] = peft_command(rows, *peft, "--compile")
    runs = {"peft_compiled": []} | in_turns(commands, workload.name, effort)
    compiled = next((report for report in runs["peft_compiled"] if report), None)
    return {name: pooled(reports) for name, reports in runs.items()} | {
        "ratio": over_pairs(runs["lorad"], runs["peft"], seconds_ratio),
        "ratio_to_compiled": over_pairs(runs["lorad"], runs["peft_compiled"], seconds_ratio),
        "compile_seconds": compiled and compiled["start"]["warmup_seconds"],
        "runs": runs}


def long_sequence(effort: Effort) -> dict:
    """One long sequence beside short ones of as many tokens."""
    common = ["--dtype", "bfloat16", "--warmup", "1", "--steps", "1" if effort.quick else "4",
              "--threads", str(effort.threads)]
    runs = in_turns({"1 × 4,096": lorad_command("train", *LONG, *common),
                     "8 × 512": lorad_command("train", *LONG_AS_SHORT, *common)}, "the long sequence", effort)
    long, short = runs.values()

    def share(amount: str) -> float | None:
        return over_pairs(long, short, lambda one, other: rate([one], amount) / rate([other], amount))

    return {"long": pooled(long), "short": pooled(short),
            "share_of_tokens": share("tokens"), "share_of_arithmetic": share("gigaflop")}


def adapter_cost(dtype: str, effort: Effort) -> float | None:
    """The share of a step that the adapter takes: each step of rank 8 against the same step without an adapter."""
    steps = ["--warmup", "2", "--steps", "2" if effort.quick else "24", "--threads", str(effort.threads)]
    with_adapter, without = in_turns(
        {f"rank {rank}": lorad_command("train", *SENTIMENT, "--dtype", dtype, "--rank", str(rank), *steps)
         for rank in (8, 0)}, f"adapter's cost, {dtype}", effort).values()
    share = over_pairs(with_adapter, without, seconds_ratio)
    return None if share is None else 1 - share


def evaluation_beside_training(dtype: str, effort: Effort) -> dict:
    """Calls of evaluation and training steps over rows of the same file, in turns: one call, and then steps that take
    about as long."""
    rows, calls, beside = (32, 2, 2) if effort.quick else (160, 16, 4)
    common = [*SENTIMENT, "--dtype", dtype, "--threads", str(effort.threads)]
    evaluation = lorad_command("evaluate", *common, "--steps", str(rows), "--calls", str(calls))
    training = lorad_command("train", *common, "--warmup", "2", "--steps", str(calls * beside))
    reports = take_turns({"evaluation": Trainer(evaluation, f"evaluation beside training, {dtype}, calls"),
                          "training": Trainer(training, f"evaluation beside training, {dtype}, steps", steps=beside)})
    ratio = None
    if reports["evaluation"] and reports["training"]:
        steps = measured(reports["training"])
        ratio = statistics.median(
            rate([call]) / rate(steps[beside * turn:beside * (turn + 1)])
            for turn, call in enumerate(measured(reports["evaluation"])))
    return reports | {"evaluation_over_training": ratio}


def middle(reports: list[dict | None], rate) -> dict | None:
    """Of several turns of one measurement the one with the median rate."""
    present = sorted((report for report in reports if report), key=rate)
    return present[(len(present) - 1) // 2] if present else None


def extras(effort: Effort) -> dict:
    """Figures beside the first table, by dtype; what is held against one another takes turns."""
    result = {}
    for dtype in DTYPES:
        decoded = [lorad("decode", "--dtype", dtype, "--tokens", "64" if effort.quick else "256",
                         "--threads", str(effort.threads), what=f"decoding, {dtype}")
                   for _ in range(1 if effort.quick else 3)]
        result[dtype] = {
            "adapter_cost": adapter_cost(dtype, effort),
            **evaluation_beside_training(dtype, effort),
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
    for workload in workloads():
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
    rounds, passes = ("1", "1") if effort.quick else ("2", "3")
    return programs.tokenizers("--rounds", rounds, "--passes", passes)


def check_inputs() -> None:
    """Stops a run that could not measure anything."""
    if not BASE.exists():
        raise SystemExit(f"{BASE} is missing: run scripts/fetch")
    progress(f"base: {BASE.name}; packed workload: {PACKED[1]}")
