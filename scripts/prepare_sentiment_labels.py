"""Writes the demo's data set as rows with labels, for classifiers: {"text", "label", "domain"}.

usage: prepare_sentiment_labels.py data/sentiment OUTPUT_FOLDER

The texts are those of scripts/prepare_sentiment.py without the words around them. Its validation rows stay; of each
domain the test split is enlarged to 1,000 rows by the first rows of its training split, whose order is pseudo-random, so
that an accuracy near 0.8 has a standard error of 1.3 points a domain and 0.6 over all. Standard library only; the same
input gives the same bytes.
"""

import json
import sys
from collections import Counter
from pathlib import Path

TEST_ROWS = 1000


def read(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = row["prompt"].removeprefix("Review: ").removesuffix("\nSentiment:")
        yield {"text": text, "label": row["completion"].strip(), "domain": row["domain"]}


def main():
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    splits = {"train": [], "validation": list(read(source / "validation.jsonl")), "test": []}
    held_out = Counter()
    for row in [*read(source / "test.jsonl"), *read(source / "train.jsonl")]:
        held_out[row["domain"]] += 1
        splits["test" if held_out[row["domain"]] <= TEST_ROWS else "train"].append(row)
    for split, rows in splits.items():
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
        (folder / f"{split}.jsonl").write_text("".join(lines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
