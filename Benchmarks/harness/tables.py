"""Results as Markdown. A figure that was not measured is a dash."""

from .workloads import (ADAPTER_COST, DECODING_SHARE, DTYPES, EVALUATION_RATE, LONG_MEMORY, LONG_RATE, START_SECONDS,
                        TOKENIZER_RATE, Target, workloads)

NONE = "–"


def number(value: float | None, digits: int = 3, unit: str = "") -> str:
    """A value in `digits` significant digits at least, whole numbers in full."""
    if value is None:
        return NONE
    if value != 0 and abs(value) < 10 ** (digits - 1):
        return f"{value:.{digits}g}{unit}"
    return f"{value:,.0f}{unit}"


def percent(value: float | None) -> str:
    return NONE if value is None else f"{100 * value:.0f}%"


def mebibytes(value: float | None) -> str:
    return NONE if value is None else f"{value / 2**20:,.0f}"


def divided(one: float | None, other: float | None) -> float | None:
    return one / other if one is not None and other else None


def field(report: dict | None, *names: str):
    """A value deep in a report; nothing where a part of the path is missing."""
    for name in names:
        report = report.get(name) if isinstance(report, dict) else None
    return report


def verdict(value: float | None, met: bool) -> str:
    """Whether a bound was met; nothing of a figure that was not measured."""
    return "" if value is None else (" ✓" if met else " ✗")


def against(value: float | None, target: Target | None, shown, least: bool = True) -> str:
    """A figure with its bounds beside it."""
    if target is None:
        return shown(value)
    bounds = f"{shown(target.must)}" + (f" / {shown(target.aim)}" if target.aim else "")
    met = value is not None and (value >= target.must if least else value <= target.must)
    return f"{shown(value)}{verdict(value, met)} ({bounds})"


def times(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f}×"


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def spread(report: dict | None) -> str:
    if not report:
        return NONE
    return f"{report['seconds_p10']:.2f} … {report['seconds']:.2f} … {report['seconds_p90']:.2f}"


def workload_table(results: dict) -> str:
    """Table 1, the five workloads."""
    head = ["workload", "lorad tokens/s", "PEFT", "PEFT compiled", "ratio (must / aim)", "ratio to compiled (must)",
            "share of ceiling (must / aim)", "peak RSS MiB", "PEFT's", "ratio (at most)",
            "step s, p10 … median … p90", "PEFT's"]
    rows = []
    for workload in workloads():
        result = field(results, "workloads", workload.name) or {}
        ours, eager, compiled = result.get("lorad"), result.get("peft"), result.get("peft_compiled")
        rate = field(ours, "tokens_per_second")
        share = divided(field(ours, "gigaflop_per_second"),
                        field(results, "ceilings", "best", workload.dtype, "gigaflop_per_second"))
        memory = field(ours, "peak_resident_bytes")
        rows.append([
            workload.title, number(rate), number(field(eager, "tokens_per_second")),
            number(field(compiled, "tokens_per_second")),
            against(result.get("ratio"), workload.eager_ratio, times),
            against(result.get("ratio_to_compiled"), workload.compiled_ratio, times),
            against(share, workload.share, percent), mebibytes(memory),
            mebibytes(field(eager, "peak_resident_bytes")),
            against(divided(memory, field(eager, "peak_resident_bytes")), Target(workload.memory_ratio),
                    lambda value: NONE if value is None else f"{value:.2f}", least=False),
            spread(ours), spread(eager),
        ])
    return table(head, rows + [long_row(results, len(head))])


def long_row(results: dict, columns: int) -> list[str]:
    """The long sequence has no counterpart in PEFT: it is held against lorad's own rate on shorter ones, under the same
    settings; beside that stands the rate with all activations kept."""
    report = field(results, "long", "long")
    rate = field(report, "tokens_per_second")
    kept = field(results, "workloads", "packed-bfloat16", "lorad", "tokens_per_second")
    share = divided(field(report, "gigaflop_per_second"),
                    field(results, "ceilings", "best", "bfloat16", "gigaflop_per_second"))
    row = [NONE] * columns
    row[0] = "one sequence of 4,096 tokens, bfloat16, activation checkpointing"
    tokens = against(field(results, "long", "share_of_tokens"), LONG_RATE, percent)
    work = percent(field(results, "long", "share_of_arithmetic"))
    row[1] = (f"{number(rate)}; of 8 × 512 with the same settings: {tokens} in tokens, {work} in "
              f"arithmetic; of packed 4 × 512 with all activations kept: {percent(divided(rate, kept))}")
    row[6] = percent(share)
    row[7] = against(field(report, "peak_resident_bytes"), Target(LONG_MEMORY), mebibytes, least=False)
    row[10] = spread(report)
    return row


def ceiling_table(results: dict) -> str:
    rows = []
    for dtype in DTYPES:
        best = field(results, "ceilings", "best", dtype)
        where = f"{best['library']}, {best['product']}, {best['m']} × {best['n']} × {best['k']}" if best else NONE
        rows.append([f"matmul, {dtype}", number(field(best, "gigaflop_per_second"), unit=" GFLOP/s"), where])
    read = field(results, "ceilings", "read_gigabytes_per_second")
    threads = field(results, "ceilings", "threads") or NONE
    rows.append(["memory, read", number(read, unit=" GB/s"), f"{threads} threads"])
    return table(["ceiling", "rate", "where"], rows)


def extra_table(results: dict) -> str:
    """Figures beside the first table, each with its bound."""

    def evaluation(extra: dict | None) -> str:
        return against(field(extra, "evaluation_over_training"), Target(EVALUATION_RATE), times)

    def decoding(extra: dict | None) -> str:
        rate = field(extra, "decoding", "tokens_per_second")
        read = field(extra, "decoding", "read_bytes_per_second")
        share = divided(field(extra, "decoding", "weight_bytes_per_second"), read)
        bound = NONE if read is None else f" of {number(read / 1e9)} GB/s"
        return f"{number(rate)} tokens/s, {against(share, Target(DECODING_SHARE), percent)}{bound}"

    def start(extra: dict | None) -> str:
        return against(field(extra, "start", "first_step_start"), Target(START_SECONDS),
                       lambda value: NONE if value is None else f"{value:.2f} s", least=False)

    def allocations(extra: dict | None) -> str:
        summary = field(extra, "training", "summary")
        calls = field(summary, "allocations")
        return NONE if calls is None else (
            f"{against(calls, Target(0), number, least=False)}, {number(field(summary, 'allocated_bytes'))} bytes; "
            f"{number(field(summary, 'page_faults'))} new pages")

    figures = [
        ("adapter's own cost: rank 8 against no adapter (at most)",
         lambda extra: against(field(extra, "adapter_cost"), Target(ADAPTER_COST),
                               lambda value: NONE if value is None else f"{100 * value:.1f}%", least=False)),
        ("evaluation over training, tokens/s (at least)", evaluation),
        ("greedy decoding, batch 1: share of the bandwidth bound (at least)", decoding),
        ("start to first step, hash cached (at most)", start),
        ("heap allocations a step after the first (none)", allocations),
    ]
    rows = [[title, *(figure(field(results, "extras", dtype)) for dtype in DTYPES)] for title, figure in figures]
    return table(["sentiment rows, batch 16", *DTYPES], rows)


def scaling_table(results: dict) -> str:
    head = ["", ""]
    for dtype in DTYPES:
        head += [f"{dtype} tokens/s", "share of ceiling", "peak RSS MiB"]
    rows = []
    group = None
    for point in results.get("scaling") or []:
        row = [point["group"] if point["group"] != group else "", point["title"]]
        group = point["group"]
        for dtype in DTYPES:
            report = point.get(dtype)
            ceiling = field(results, "ceilings", "best", dtype, "gigaflop_per_second")
            row += [number(field(report, "tokens_per_second")),
                    percent(divided(field(report, "gigaflop_per_second"), ceiling)),
                    mebibytes(field(report, "peak_resident_bytes"))]
        rows.append(row)
    return table(head, rows)


def time_table(results: dict) -> str:
    """Share of a step by kernel, one column a workload; what no kernel accounts for is a row of its own."""
    measured = results.get("time") or []
    if not measured:
        return "Not measured.\n"
    shares = [{kernel["name"]: kernel["seconds"] / entry["seconds"] for kernel in entry["kernels"]}
              for entry in measured]
    names = sorted({name for share in shares for name in share}, key=lambda name: -max(s.get(name, 0) for s in shares))
    rows = [[name, *(percent_fine(share.get(name)) for share in shares)] for name in names]
    rows.append(["everything else", *(percent_fine(1 - sum(share.values())) for share in shares)])
    rows.append(["step, s", *(f"{entry['seconds'] / entry['steps']:.2f}" for entry in measured)])
    return table(["kernel", *(entry["name"] for entry in measured)], rows)


def percent_fine(value: float | None) -> str:
    return NONE if value is None else f"{100 * value:.1f}%"


def bound_table(results: dict) -> str:
    kernels = field(results, "kernels", "kernels") or []
    if not kernels:
        return "Not measured.\n"
    return table(["kernel", "its work", "time µs", "bound µs", "share of the bound"],
                 [[kernel["name"], kernel["bound"], number(1e6 * kernel["seconds"]),
                   number(kernel.get("bound_seconds") and 1e6 * kernel["bound_seconds"]),
                   percent(kernel.get("share_of_bound"))] for kernel in kernels])


def tokenizer_table(results: dict) -> str:
    """Tokenizers beside the library's, MB/s of text."""
    report = results.get("tokenizers")
    if not report:
        return "Not measured.\n"

    def rate(row: dict, name: str) -> float | None:
        return divided(row["bytes"] / 1e6, row[name])

    rows = [[row["name"], number(rate(row, "lorad_first_seconds")),
             against(rate(row, "lorad_seconds"), Target(TOKENIZER_RATE), number), number(rate(row, "library_seconds")),
             times(divided(row["library_seconds"], row["lorad_seconds"])), f"{row['tokens']:,}"]
            for row in report["tokenizers"]]
    head = ["tokenizer", "lorad MB/s, first pass", "lorad MB/s (at least)", f"tokenizers {report['version']} MB/s",
            "ratio", "tokens"]
    return table(head, rows)


def page(results: dict) -> str:
    """The whole report."""
    facts = "\n".join(f"- {name}: {value}" for name, value in results["machine"].items())
    note = f"\n{results['note']}\n" if results.get("note") else ""
    return f"""# What was measured

{facts}
{note}
How each figure is counted: [README.md](../README.md).

## Ceilings

{ceiling_table(results)}
## lorad beside PEFT

{workload_table(results)}
## Beside that

{extra_table(results)}
## Scaling

{scaling_table(results)}
## Where a step's time goes

{time_table(results)}
## Kernels against their bounds

{bound_table(results)}
## Tokenizers, one thread

{tokenizer_table(results)}"""
