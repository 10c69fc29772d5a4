"""Rows 8 and 9: what an author writes, where people read it."""

import json
import os
import re
import threading
import unicodedata
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bench import wait_for

from .cases import FREE_DISK, JOBS, SETTINGS, Target, case, require

FORGED = "forged: job 1 succeeded"
EVIL = f"evil\x1b[31m\x9b2J\n{FORGED}\r\u202e"
LINKS = ["[free](https://evil.example/a)", "https://evil.example/b", "<https://evil.example/c|d>"]


def faults_of(text):
    """What of it would move a terminal's cursor, turn the text's direction, or stand as a line of its own."""
    def is_bad(character):
        turns = 0x202A <= ord(character) <= 0x202E
        return turns or unicodedata.category(character) == "Cc" and character not in "\n\t"

    bad = {f"U+{ord(character):04X}" for character in filter(is_bad, text)}
    if any(line.startswith(FORGED) for line in re.split(r"[\n\r\x85\u2028\u2029]", text)):
        bad.add("a forged line")
    return bad


@case(8, "control characters in names, slices, ids, paths")
def control_characters(folder):
    target = Target(folder)
    rows = [
        {
            "id": f"{EVIL}{row}", "prompt": f"Review: it was good {row}", "completion": " positive",
            "domain": f"{EVIL}{row % 2}",
        }
        for row in range(4)]
    target.rows("data/evil.jsonl", rows)
    target.rows(
        "data/prompts.jsonl",
        [{"id": row["id"], "prompt": row["prompt"], "expect": {"equals": EVIL}} for row in rows])
    told = {}
    good = target.manifest("good", extra="regression: {prompts: data/prompts.jsonl}\n")
    good = good.replace("data/test.jsonl", "data/evil.jsonl")
    target.write("good.yaml", good)
    told["run"] = target.ask("run", "good.yaml").told
    quoted = json.dumps(f"data/{EVIL}")
    target.write("bad.yaml", target.manifest("bad").replace("data/train.jsonl", quoted) + f"{json.dumps(EVIL)}: 1\n")
    told["validate"] = target.ask("validate", "bad.yaml").told
    (folder / "data" / EVIL).write_text('{"prompt": "a"}\n')
    target.write("rows.yaml", target.manifest("rows").replace("data/train.jsonl", quoted))
    told["validate --deep"] = target.ask("validate", "--deep", "rows.yaml").told
    target.drop(f"{EVIL}.yaml", target.manifest("named"))
    target.drop(f"bad{EVIL}.yaml", (folder / "bad.yaml").read_text())
    target.drop("rows.yaml", (folder / "rows.yaml").read_text())
    os.mkdir(folder / "inbox" / f"folder{EVIL}.yaml")
    target.drop("good.yaml", good)
    target.ask("watch", "--once", seconds=1)
    with target.worker():
        target.settled("good", 60)
        wait_for(lambda: target.states().get("rejected", 0) >= 2, 10)
    told["the worker's log"] = target.log
    told["status"] = target.ask("status").told
    for job, in target.query("SELECT id FROM jobs"):
        told["logs"] = told.get("logs", "") + target.ask("logs", job).told
        told["status JOB"] = told.get("status JOB", "") + target.ask("status", job).told
    told["doctor"] = target.ask("doctor").told
    seen = [f"{what}: {', '.join(sorted(faults_of(text)))}" for what, text in told.items() if faults_of(text)]
    require(not seen, "; ".join(seen))


class Receiver(BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, headers = self.server.answer(self.path.strip("/"), body.decode())
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()


def receiver(answer):
    """A local server whose `answer(hook, body)` gives status and headers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.answer = answer
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def hooks(server, kinds, events="[succeeded, failed, rejected]"):
    """lorad.yaml's lines, and the environment with the URLs."""
    lines = ["hooks:"]
    environment = dict(os.environ)
    for kind in kinds:
        environment[f"{kind.upper()}_URL"] = f"http://127.0.0.1:{server.server_port}/{kind}"
        lines.append(
            f"  - {{name: {kind}, kind: {kind}, url_env: {kind.upper()}_URL, events: {events}, "
            "allow_http: true, allow_private: true}")
    return "\n".join(lines + [f"notify_default: [{', '.join(kinds)}]"]) + "\n", environment


def strings(value):
    if isinstance(value, dict):
        return [text for part in value.values() for text in strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in strings(part)]
    return [value] if isinstance(value, str) else []


def slack_objects(value):
    if isinstance(value, dict):
        own = [value] if "type" in value else []
        return own + [found for part in value.values() for found in slack_objects(part)]
    return [found for part in value for found in slack_objects(part)] if isinstance(value, list) else []


def without_code(text):
    """Markdown without its code blocks and code spans."""
    return re.sub(r"(?s)(`+)(?!`).*?(?<!`)\1(?!`)", "", text)


@case(9, "links and mentions in chats")
def links_in_chats(folder):
    bodies = []
    server = receiver(lambda hook, body: (bodies.append((hook, body)), (200, {}))[1])
    lines, environment = hooks(server, ["discord", "slack", "mattermost"])
    target = Target(folder, SETTINGS + FREE_DISK + JOBS + lines)
    rows = [
        {"prompt": f"Review: it was good {row}", "completion": " positive", "domain": (LINKS + ["@everyone"])[row % 4]}
        for row in range(8)]
    target.rows("data/links.jsonl", rows)
    gates = ", ".join(f"{{slice: {json.dumps(link)}, metric: loss, max: 0.0001}}" for link in LINKS)
    text = target.manifest("job", extra=f"gates: [{gates}]\n")
    target.drop("job.yaml", text.replace("data/test.jsonl", "data/links.jsonl"))
    keys = "".join(f"{json.dumps(link)}: 1\n" for link in LINKS)
    target.drop("bad.yaml", target.manifest("bad", extra=keys))
    with target.worker(env=environment):
        wait_for(lambda: len(bodies) >= 6, 60)
    require(len(bodies) >= 6, f"only {len(bodies)} of 6 messages came")
    seen = set()
    for hook, body in bodies:
        document = json.loads(body)
        for text in strings(document) if hook != "slack" else []:
            if re.search(r"\]\(|evil\.example|@everyone", without_code(text)):
                seen.add(f"{hook}: {re.search('.{0,20}(evil.example|@everyone).{0,10}', without_code(text)).group()}")
        if hook == "slack":
            marked = [part for part in slack_objects(document) if part["type"] == "mrkdwn"]
            if not all(part.get("verbatim") for part in marked):
                seen.add("slack: makes links of what looks like one (no `verbatim`)")
            if any("<http" in text or "<!" in text for text in strings(document)):
                seen.add("slack: a link or mention of the author's")
    server.shutdown()
    require(not seen, "; ".join(sorted(seen)))


@case(9, "labels with CR and backticks in the model card")
def model_card(folder):
    target = Target(folder)
    forged = "# Forged"
    labels = [f"a\r\r{forged}\r\r", "b ``` ![x](https://evil.example/i.png) <img src=x> ``` c"]
    rows = [{"text": f"it was good {row}", "label": labels[row % 2]} for row in range(8)]
    target.rows("data/labels.jsonl", rows)
    target.rows("data/labels-test.jsonl", [dict(row, text="now " + row["text"]) for row in rows])
    text = target.manifest("job")
    text = text.replace("data/train.jsonl", "data/labels.jsonl").replace("data/test.jsonl", "data/labels-test.jsonl")
    text = re.sub(r", slice_by: domain, choices: \[.*?\]", "", text)
    target.write("job.yaml", text)
    answer = target.ask("run", "job.yaml")
    if answer.returncode == 65:
        return
    require(answer.returncode == 0, f"`run` answers {answer.returncode}: {answer.stderr_text.strip()[-200:]}")
    card = (target.latest("job") / "README.md").read_bytes().decode().split("\n---\n", 1)[1]
    seen = []
    if any(line.lstrip().startswith(forged) for line in re.split(r"[\r\n]", card)):
        seen.append("a heading of the author's")
    rest = "\n".join(without_code(line) for line in re.split(r"[\r\n]", re.sub(r"(?s)\n```.*?\n```\n", "\n", card)))
    if re.search(r"(?<!\\)!\[|(?<!\\)\]\(https://evil", rest):
        seen.append("an image of the author's")
    if re.search(r"(?<!\\)<img", rest):
        seen.append("HTML of the author's")
    require(not seen, "; ".join(seen))
