"""Writes the sentiment data set of the demo from the source distribution vaderSentiment 3.3.2.

usage: prepare_sentiment.py vaderSentiment-3.3.2.tar.gz OUTPUT_FOLDER

The archive carries the ground truth of Hutto & Gilbert (ICWSM 2014): sentences of four domains, each
with the mean of twenty people's ratings from -4 to +4. Output: train, validation and test as JSON lines
{"prompt", "completion", "domain"}, and SOURCE.md. Standard library only; the same input gives the same
bytes under any Python from 3.10.
"""

import hashlib
import io
import json
import sys
import tarfile
import unicodedata
from pathlib import Path

ARCHIVE = "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz"
# domain: (file of the inner archive, lines it holds)
DOMAINS = {
    "amazon": ("amazonReviewSnippets_GroundTruth.txt", 3708),
    "movies": ("movieReviewSnippets_GroundTruth.txt", 10605),
    "news": ("nytEditorialSnippets_GroundTruth.txt", 5190),
    "tweets": ("tweets_GroundTruth.txt", 4200),
}
NEUTRAL_BELOW = 0.5
SEED = 2014
# Rows of each domain. 1,600 test rows of 35 tokens, two completions each, are scored in about
# a minute on two cores; the standard error of an accuracy near 0.85 is 1.8 points per domain and
# 0.9 points over all.
TEST_ROWS = 400
VALIDATION_ROWS = 100

SOURCE = """\
# Where these rows come from

Sentences rated by people, published with
C.J. Hutto and Eric Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social
Media Text", Eighth International Conference on Weblogs and Social Media (ICWSM-14), Ann Arbor, MI,
June 2014. Please cite the paper if you use them.

Taken from the PyPI source distribution vaderSentiment 3.3.2 (MIT License, copyright 2016 C.J. Hutto),
SHA-256 5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9, by lorad's
scripts/prepare_sentiment.py.

Rows whose mean rating lies within -0.5 and +0.5 (exclusive) are dropped. Of rows with the same text
(after NFKC, case folding and joining white space) the first is kept, so no text stands in two files.
Rows are ordered by the SHA-256 of a seed and their text; of each domain the first {test} are the test
split, the next {validation} the validation split, the rest is for training.

| domain | lines | neutral, dropped | repeated, dropped | train | validation | test | positive |
|---|---|---|---|---|---|---|---|
{table}
"""


def normalised(text):
    """The text as compared between splits: letter case, width and spacing do not tell rows apart."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def shuffle_key(text):
    """A fixed pseudo-random order that depends on no library's generator."""
    return hashlib.sha256(f"{SEED}\n{normalised(text)}".encode()).digest()


def read_domains(path):
    """Yields (domain, rating, text) in file order. Exits when a file is not the published one."""
    with tarfile.open(path) as outer:
        inner = io.BytesIO(outer.extractfile(ARCHIVE).read())
    with tarfile.open(fileobj=inner) as archive:
        for domain, (name, expected) in DOMAINS.items():
            text = archive.extractfile(f"hutto_ICWSM_2014/{name}").read().decode("utf-8")
            lines = text.split("\r\n")
            if len(lines) != expected:
                sys.exit(f"{name} holds {len(lines)} lines, expected {expected}.")
            for line in lines:
                _, rating, sentence = line.split("\t")
                yield domain, float(rating), sentence.strip()


def row(domain, rating, text):
    return {
        "prompt": f"Review: {text}\nSentiment:",
        "completion": " positive" if rating > 0 else " negative",
        "domain": domain,
    }


def select(path):
    """Returns ({domain: [(rating, text)]} without neutral and repeated rows, counts of the dropped)."""
    kept = {domain: [] for domain in DOMAINS}
    dropped = {domain: {"neutral": 0, "repeated": 0} for domain in DOMAINS}
    seen = set()
    for domain, rating, text in read_domains(path):
        if abs(rating) < NEUTRAL_BELOW:
            dropped[domain]["neutral"] += 1
        elif normalised(text) in seen:
            dropped[domain]["repeated"] += 1
        else:
            seen.add(normalised(text))
            kept[domain].append((rating, text))
    return kept, dropped


def main():
    archive, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    kept, dropped = select(archive)
    splits = {"train": [], "validation": [], "test": []}
    table = []
    for domain, rows in kept.items():
        rows.sort(key=lambda item: shuffle_key(item[1]))
        held_out = TEST_ROWS + VALIDATION_ROWS
        parts = {
            "train": rows[held_out:],
            "validation": rows[TEST_ROWS:held_out],
            "test": rows[:TEST_ROWS],
        }
        for split, members in parts.items():
            splits[split] += [(domain, *member) for member in members]
        positive = sum(rating > 0 for rating, _ in rows) / len(rows)
        table.append(
            f"| {domain} | {DOMAINS[domain][1]:,} | {dropped[domain]['neutral']:,} "
            f"| {dropped[domain]['repeated']:,} | {len(parts['train']):,} | {len(parts['validation'])} "
            f"| {len(parts['test'])} | {positive:.1%} |"
        )
    for split, members in splits.items():
        members.sort(key=lambda item: shuffle_key(item[2]))
        lines = [json.dumps(row(*member), ensure_ascii=False) + "\n" for member in members]
        (folder / f"{split}.jsonl").write_text("".join(lines), encoding="utf-8", newline="\n")
    source = SOURCE.format(test=TEST_ROWS, validation=VALIDATION_ROWS, table="\n".join(table))
    (folder / "SOURCE.md").write_text(source, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
