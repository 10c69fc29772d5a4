"""What jinja2 makes of the chat templates of real models, for lorad to be held to.

    scripts/fetch templates && HF_HUB_OFFLINE=1 python3 scripts/reference/chat_templates/peers.py [TEMPLATE CASE]

Writes Tests/Fixtures/templates/conversations.json, and Tests/Fixtures/templates/peers.json with a digest of the text or
the refusal for every pair of a template of data/templates and a conversation. With TEMPLATE and CASE it shows one.
"""

import hashlib
import json
import os
import pathlib
import sys

os.environ["HF_HUB_OFFLINE"] = "1"

from conversations import contexts
from jinja_reference import render

ROOT = pathlib.Path(__file__).resolve().parents[3]
OUT = ROOT / "Tests/Fixtures/templates"


def digest(row):
    """A pair in one line: the text's SHA-256, shortened, or the refusal with its message's."""
    shorten = lambda text: hashlib.sha256(text.encode()).hexdigest()[:16]
    if "text" in row:
        spans = row.get("generated")
        return shorten(row["text"]) + (" " + json.dumps(spans, separators=(",", ":")) if spans else "")
    return row["refusal"] + (" " + shorten(row["message"]) if "message" in row else "")


def main():
    files = sorted((ROOT / "data/templates").glob("*.jinja"))
    cases = dict(contexts())
    if len(sys.argv) > 1:
        print(json.dumps(render((ROOT / "data/templates" / sys.argv[1]).read_text(), cases[sys.argv[2]]), ensure_ascii=False, indent=1))
        return
    OUT.mkdir(exist_ok=True)
    rows = {file.name: {name: digest(render(file.read_text(), context)) for name, context in cases.items()} for file in files}
    write(OUT / "conversations.json", cases)
    write(OUT / "peers.json", rows)
    print(len(files), "templates,", sum(map(len, rows.values())), "pairs,", sum(" " not in value and len(value) == 16 for row in rows.values() for value in row.values()), "rendered")


def write(path, rows):
    lines = (json.dumps(name) + ": " + json.dumps(row, ensure_ascii=False) for name, row in rows.items())
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
