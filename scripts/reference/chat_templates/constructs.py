"""What jinja2 makes of small templates that between them use every construct which lorad knows.

    HF_HUB_OFFLINE=1 python3 scripts/reference/chat_templates/constructs.py

Writes Tests/Fixtures/templates/constructs.json.
"""

import json
import os
import pathlib

os.environ["HF_HUB_OFFLINE"] = "1"

from construct_lists import EXPRESSIONS, TEMPLATES, UNSUPPORTED
from jinja_reference import render

OUT = pathlib.Path(__file__).resolve().parents[3] / "Tests/Fixtures/templates/constructs.json"

CONTEXT = {
    "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Bye"}],
    "tools": None,
    "add_generation_prompt": True,
    "n": 7,
    "x": -2.5,
    "zero": 0,
    "s": "Grüße, <World> & \"you\"",
    "e": "",
    "nothing": None,
    "yes": True,
    "no": False,
    "xs": [3, 1, 2],
    "names": ["b", "A", "c", "a"],
    "d": {"b": 1, "A": [1, 2.0, None, True], "items": "own", "ключ": {"x": "y"}},
    "people": [{"name": "Bo", "age": 5, "at": {"city": "B"}}, {"name": "al", "age": 3, "at": {"city": "A"}}, {"name": "Cy", "at": {"city": "b"}}],
    "tree": [{"v": 1, "c": [{"v": 2, "c": []}, {"v": 3, "c": [{"v": 4, "c": []}]}]}, {"v": 5, "c": []}],
    "combined": "e\u0301👩‍👩‍👧",
    "floats": [0.1, 1e16, 1.5e-7, 100.0, -0.0, 1e18, 123456789.125],
}


def main():
    sources = ["{{ " + expression + " }}" for expression in EXPRESSIONS] + TEMPLATES
    rows = [{"template": source, **render(source, CONTEXT)} for source in sources]
    rows += [{"template": source, "refusal": "unsupported"} for source in UNSUPPORTED]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text('{"context": ' + json.dumps(CONTEXT, ensure_ascii=False) + ',\n"rows": [\n' + lines + "\n]}\n")
    print(len(rows), "templates")


if __name__ == "__main__":
    main()
