#!/usr/bin/env python3
"""Measures lorad beside PEFT and writes Benchmarks/results/: `make bench`. See Benchmarks/README.md.

A whole run takes about 35 minutes on two cores. --only and --quick look at a part of it and write to
Benchmarks/.cache/ instead, so that the checked-in results are always of one whole run.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from harness import measure, programs, tables
from harness.workloads import WITH_AVX512, workloads

# Before a run nothing else should compute; the build that precedes it is not counted.
BUSY_LOAD = 0.7
RESULTS = Path(__file__).parent / "results"
PARTS = [*(workload.name for workload in WITH_AVX512), "long", "extras", "scaling", "time", "kernels",
         "tokenizers"]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="NAME", action="append", choices=PARTS,
                        help=f"measure only this part, may be repeated: {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="few steps, to see that everything works")
    parser.add_argument("--rounds", type=int, default=1,
                        help="times that the trainers of a workload are started and take their turns (default: 1)")
    parser.add_argument("--threads", type=int, default=2, help="threads of both trainers (default: 2)")
    parser.add_argument("--kernels", metavar="VARIANT", choices=["x86-64-v3", "x86-64-v4", "x86-64-v4-bf16"],
                        help="measure on this CPU as on one that has this variant and nothing above it, PEFT and the "
                             "ceilings too; the results bear its name")
    parser.add_argument("--no-compile", action="store_true", help="leave out PEFT with torch.compile")
    parser.add_argument("--no-build", action="store_true", help="measure the program that is there")
    return parser.parse_args()


def timed(name: str, part: Callable, *arguments):
    """What a part measures, and a line of how long that took."""
    began = time.monotonic()
    result = part(*arguments)
    seconds = time.monotonic() - began
    programs.progress(f"part {name}: {seconds // 60:.0f} min {seconds % 60:.0f} s in all")
    return result


def run(arguments: argparse.Namespace, machine: dict[str, str]) -> dict:
    """All that was asked for, by part."""
    wanted = arguments.only or PARTS
    effort = measure.Effort(
        rounds=1 if arguments.quick else arguments.rounds, quick=arguments.quick,
        compiled=not (arguments.quick or arguments.no_compile), threads=arguments.threads)
    results: dict = {"machine": machine}
    results["ceilings"] = timed("ceilings", measure.ceilings, effort)
    results["workloads"] = {workload.name: timed(workload.name, measure.side_by_side, workload, effort)
                            for workload in workloads() if workload.name in wanted}
    add_peft_versions(results)
    if "long" in wanted:
        results["long"] = timed("long", measure.long_sequence, effort)
    # Once more, after the machine has worked for a while: a ceiling must hold for what was measured under it.
    results["ceilings"] = timed("ceilings again", measure.ceilings, effort, results["ceilings"])
    for name, part in (("extras", measure.extras), ("scaling", measure.scaling), ("time", measure.step_time),
                       ("kernels", measure.kernel_bounds), ("tokenizers", measure.tokenizer_speed)):
        if name in wanted:
            results[name] = timed(name, part, effort)
    return results


def add_peft_versions(results: dict) -> None:
    """Names what lorad was measured against, as the programs themselves report it."""
    runs = [report for result in results["workloads"].values() for report in result["runs"]["peft"] if report]
    if runs:
        results["machine"]["PEFT"] = ", ".join(f"{name} {version}" for name, version in runs[0]["versions"].items())


def write(results: dict, partial: bool, variant: str | None) -> Path:
    """Writes the tables and what they were made of."""
    date = results["machine"]["date"].split()[0]
    folder, names = (programs.CACHE, ["partial"]) if partial else (RESULTS, [date, "latest"])
    if variant:
        names = [f"{name}-{variant}" for name in names]
    folder.mkdir(exist_ok=True)
    # Paths of this machine tell nobody anything.
    text = json.dumps(results, indent=1, ensure_ascii=False).replace(f"{programs.ROOT}/", "") + "\n"
    for name in names:
        (folder / f"{name}.json").write_text(text)
        (folder / f"{name}.md").write_text(tables.page(results))
    return folder / f"{names[-1]}.md"


def main() -> None:
    arguments = options()
    if arguments.kernels:
        programs.take_variant(arguments.kernels)
    measure.check_inputs()
    if not arguments.no_build:
        programs.build()
    programs.settle(BUSY_LOAD, 240)
    machine = programs.machine()
    results = timed("everything", run, arguments, machine)
    partial = bool(arguments.only or arguments.quick)
    notes = ["A part of a run, or a quick one: not for quoting."] if partial else []
    load = float(results["machine"]["load before the run"])
    if load > BUSY_LOAD:
        notes.append(f"The machine was busy when the run began (load {load}): rates, and ratios too, are distorted, "
                     "since a trainer whose threads wait for one another loses more to a busy core.")
    results["note"] = " ".join(notes)
    path = write(results, partial, arguments.kernels)
    print(path.read_text())
    programs.progress(f"written: {path}")


if __name__ == "__main__":
    sys.exit(main())
