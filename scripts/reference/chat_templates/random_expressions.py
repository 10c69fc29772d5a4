"""What jinja2 makes of random expressions: filters, methods, formats and operators over hard values.

    HF_HUB_OFFLINE=1 python3 scripts/reference/chat_templates/random_expressions.py [--seed 1] [--count 2000] [--out FILE]

Writes Tests/Fixtures/templates/random.json, the same for the same seed. Other seeds find what this one does not.
"""

import argparse
import copy
import itertools
import json
import os
import pathlib
import random

os.environ["HF_HUB_OFFLINE"] = "1"

from jinja_reference import render
from random_grammar import Grammar

OUT = pathlib.Path(__file__).resolve().parents[3] / "Tests/Fixtures/templates/random.json"

CONTEXT = {
    "n": 7,
    "x": -2.5,
    "s": "Grüße, <World> & \"you\"",
    "nfc": "é",
    "nfd": "e\u0301",
    "keys": {"é": 1, "e\u0301": 2, "b": [1, 2.0, None, True], "A": {"c": "x"}},
    "nothing": None,
    "yes": True,
    "xs": [3, 1, 2],
    "names": ["b", "A", "e\u0301", "é", "a"],
    "people": [{"name": "Bo", "age": 5}, {"name": "al", "age": 3}, {"name": "é"}],
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    arguments = parser.parse_args()
    rows = list(itertools.islice(distinct_rows(random.Random(arguments.seed)), arguments.count))
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    arguments.out.write_text('{"context": ' + json.dumps(CONTEXT, ensure_ascii=False) + ',\n"rows": [\n' + lines + "\n]}\n")
    print(len(rows), "templates,", sum("text" in row for row in rows), "rendered")


def distinct_rows(choices):
    """Of those that Python refuses for a wrong type or value a few: half of what chance puts together is refused."""
    grammar = Grammar(choices)
    seen = set()
    while True:
        source = "{{ " + grammar.expression() + " }}"
        if source in seen:
            continue
        seen.add(source)
        row = {"template": source, **render(source, copy.deepcopy(CONTEXT))}
        # What Python says is not compared.
        row.pop("python", None)
        if is_text(row) and (row.get("refusal") != "runtime" or choices.random() < 0.2):
            yield row


def is_text(row):
    """Without an address in memory or a set, which are others in every run, and without half a character, which is no text."""
    if "keys.keys() - " in row["template"] or " - keys.keys()" in row["template"]:
        return False
    shown = row.get("text", "") + row.get("message", "")
    return " at 0x" not in shown and not any("\ud800" <= character <= "\udfff" for character in shown)


if __name__ == "__main__":
    main()
