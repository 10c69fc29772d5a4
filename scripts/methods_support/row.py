#!/usr/bin/env python3
"""Prints what one run took, as a line of scripts/methods' table: row.py METHOD REPORT.JSON"""

import json
import sys


def main():
    method, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    training = report["training"]
    scores = next(slice_ for slice_ in report["slices"] if slice_["name"] == "all")
    base, adapter = scores["base"], scores["adapter"]
    latency = report.get("unmerged", {}).get("latency")
    served = "merged: the base's"
    if latency:
        served = f"{latency['base_ms_per_token']:.2f} → {latency['adapter_ms_per_token']:.2f}"
    elif method == "full":
        served = "a model: the base's"
    mebibyte = 1 << 20
    cells = [
        f"`{method}`",
        f"{100 * base['accuracy']:.1f}% → {100 * adapter['accuracy']:.1f}%",
        f"{base['loss']:.3f} → {adapter['loss']:.3f}",
        f"{training['trainable_parameters']:,}",
        f"{training['optimizer_memory_bytes'] / mebibyte:,.1f} MiB",
        f"{training['peak_memory_bytes'] / mebibyte:,.0f} MiB",
        f"{training['tokens_per_second']:.0f}",
        served,
    ]
    print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
