"""What a right answer to each case of ../shared/cases is.

A check is a function of what the case printed and of its folder. It yields (what is checked, whether it holds, what was
seen instead): values within a tolerance of the reference's, exit statuses, words of a message. An answer is right where
it has the reference's value, or refuses with an exit status of its own (65 or 66, never a crash) and words that name
the thing.
"""
import json
import re

REFUSALS = (64, 65, 66)


class Section:
    """What one call of lorad printed."""

    def __init__(self, out="", err="", code=None):
        self.out, self.text, self.code = out, err + out, code

    def has(self, *patterns):
        return all(re.search(pattern, self.text, re.I | re.S) for pattern in patterns)

    @property
    def trained(self):
        """The sample that a run shows, as the log escapes it; None where it shows none."""
        found = re.search(r'trained on what stands in ⟦ ⟧: "(.*)"', self.text)
        return found.group(1) if found else None

    @property
    def json(self):
        """The first line that is a JSON object."""
        for line in self.out.splitlines():
            if line.startswith("{"):
                return json.loads(line)
        return {}

    @property
    def short(self):
        if self.code is None:
            return "never called"
        return f"exit {self.code}: " + " | ".join(self.text.strip().splitlines())[-300:]


class Transcript(Section):
    """What a case's script printed, and every call of lorad that it made: (words, Section), in order."""

    def __init__(self, text, calls):
        super().__init__(text)
        self.calls = calls

    def variants(self):
        """The runs of NAME.yaml, by name."""
        return {words[4:].removesuffix(".yaml"): section for words, section in self.calls if words.startswith("run ")}

    def commands(self):
        """Every call but those that only compute a pin."""
        return [(words, section) for words, section in self.calls if not words.startswith("hash ")]


def expected(case):
    return json.loads((case / "expected.json").read_text())


def close(found, wanted, tolerance=1e-4):
    return isinstance(found, (int, float)) and isinstance(wanted, (int, float)) and abs(found - wanted) <= tolerance


def refused(section, *words):
    return section.code in REFUSALS and section.has(*words)


def pissa(output, case):
    wanted = expected(case)
    seen = 0
    for words, section in output.commands():
        adapter = re.search(r"adapter-(\w+)", words).group(0)
        seen += 1
        if adapter == "adapter-true":
            if words.startswith("score"):
                yield words, close(section.json.get("logprob"), wanted[adapter]["peft_reloaded"]), section.short
            else:
                yield words, section.code == 0, section.short
        else:
            name = adapter.split("-")[1]
            right = words.startswith("score") and close(
                section.json.get("logprob"), wanted[adapter]["peft_reloaded"])
            yield words, right or refused(section, "init_lora_weights", name), section.short
    yield "two commands on each of three adapters", seen == 6, seen


def end_of_text(output, case):
    for name, facts in expected(case).items():
        section = output.variants().get(name, Section())
        token = facts["eos_token"]
        if token:
            right = section.trained is not None and section.trained.endswith(token + "⟧") and section.code == 0
        else:
            # config.json alone names an id: that token is the end, or there is none to train and the job is refused.
            right = refused(section, "end-of-text|eos") or (
                section.code == 0 and section.trained is not None and section.trained.endswith("<|im_end|>⟧"))
        yield f"{name} ends with {token}", right, section.trained or section.short


def token_ids(output, case):
    lines = [line for line in output.text.splitlines() if line[:5] in ("ok   ", "DIFF ")]
    wanted = sum(len(texts) for texts in expected(case).values())
    yield f"{wanted} texts", len(lines) == wanted, len(lines)
    for line in lines:
        yield line[5:60], line.startswith("ok"), line


def bert(output, case):
    wanted = expected(case)["transformers_from_gamma_beta"]
    score, run = (section for _, section in output.commands())
    logits = score.json.get("logits", [])
    yield "logits", len(logits) == 2 and all(map(close, logits, wanted)), logits or score.short
    yield "a run", run.code == 0, run.short


def double_bos(output, case):
    for words, section in output.commands():
        sample = section.trained or ""
        marks = sample.replace("⟦", "").replace("⟧", "")
        doubled = marks.startswith("<|im_start|><|im_start|>") or marks.endswith("<|im_end|><|im_end|>")
        told = section.has(r"warn|twice|already|doubled|second time")
        yield words, (bool(sample) and section.code == 0 and (not doubled or told)) or refused(
            section, "twice|already|second"), section.short
    yield "two runs", len(output.commands()) == 2, len(output.commands())


def message_weights(output, case):
    for name in ("weight", "train", "trainable"):
        section = output.variants().get(name, Section())
        sample = section.trained
        # `trainable` is no mark that lorad reads; like every mark it must be honoured or refused.
        skipped = sample is not None and "⟦green table" in sample and "⟦wrong answer" not in sample
        yield name, (section.code == 0 and skipped) or refused(section, name), section.trained or section.short


def tool_calls(output, case):
    found = output.variants()
    for name, section in found.items():
        if name in ("empty-content", "tool-role", "function-call"):
            yield name, refused(section, r"jsonl:\d+", "tool_calls|function_call|tool"), section.short
        elif name == "parts":
            right = section.code == 0 and section.trained is not None and "⟦red" in section.trained
            yield name, right or refused(section, r"jsonl:\d+", "content"), section.short
        elif name == "tools-column":
            right = refused(section, "tools") or (section.code == 0 and section.trained is not None)
            yield name, right, section.short
        elif name == "developer":
            yield name, section.code == 0 and "⟦red" in (section.trained or "") or refused(
                section, r"jsonl:\d+", "role"), section.short
        else:
            yield name, refused(section, r"jsonl:\d+", "content|tool_calls"), section.short
    yield "eight kinds", len(found) == 8, len(found)


DATA_FILES = {
    "alpaca.jsonl": None, "array-one-line.json": "JSON array", "array.json": "JSON array",
    "blank.jsonl": None, "bom.jsonl": None, "concatenated.jsonl": r"concatenated\.jsonl:1:38: ",
    "cr.jsonl": "carriage return", "crlf.jsonl": None, "dpo.jsonl": r"dpo\.jsonl:1: .*preferences",
    "duplicate-key.jsonl": r'jsonl:1:37: .*"prompt".*second time',
    "empty.jsonl": "holds no rows", "git-lfs.jsonl": "Git LFS", "html.jsonl": "HTML", "nan-extra.jsonl": None,
    "null-completion.jsonl": r"jsonl:1: 'completion' is null",
    "number-completion.jsonl": r"jsonl:1: 'completion' is an integer",
    "rows.csv": None, "rows.jsonl.gz": None, "rows.parquet": "Parquet", "sharegpt.jsonl": None,
    "single-quotes.jsonl": r"jsonl:1:2: ", "space-completion.jsonl": None, "surrogate-extra.jsonl": None,
    "trailing-comma.jsonl": r"jsonl:1:38: ", "trl-conversational.jsonl": r"jsonl:1: .*TRL", "u2028.jsonl": None,
    "utf16.jsonl": "UTF-16",
}


# Files that a command converts, which the refusal says.
CONVERTED = {
    "array-one-line.json", "array.json", "concatenated.jsonl", "cr.jsonl", "dpo.jsonl", "git-lfs.jsonl", "rows.parquet",
    "single-quotes.jsonl", "trl-conversational.jsonl", "utf16.jsonl",
}


def data_files(output, case):
    found = output.variants()
    for name, words in DATA_FILES.items():
        section = found.get(name, Section())
        if words is None:
            read = section.code == 0 and section.has(r"data: done, \d+ rows to train on")
            yield f"{name} is read", read, section.short
            continue
        yield f"{name} is named", refused(section, words) and not section.has("data: done"), section.short
        if name in CONVERTED:
            command = r"(convert|unpack|fetch).*: \w+.* \S*" + re.escape(name)
            yield f"{name} has a command", section.has(command), section.short
    yield "a run of each file", set(found) == set(DATA_FILES), sorted(found)


def adapters(output, case):
    wanted = expected(case)
    # What PEFT reads otherwise than it was trained, or not at all, must be refused; the rest may be refused by name.
    refusals = {"pissa-edited", "pissa-niter", "loftq"}
    lines = {}
    for line in output.text.splitlines():
        match = re.match(r"(ok|differ|refuse)\s+(\S+) exit (-?\d+) PEFT (.*?) lorad (.*)$", line)
        if match:
            lines[match.group(2)] = match
    yield "an answer for each adapter", set(lines) == set(wanted), sorted(set(wanted) - set(lines))
    must_read = {
        "plain", "regex-targets", "unsloth-regex", "extra-names", "layers-to-transform", "default-keys", "full-paths",
        "partial-path", "float16", "bfloat16", "alpha-float",
    }
    for name, match in lines.items():
        verdict, code = match.group(1), int(match.group(3))
        if name in refusals:
            right = verdict == "refuse" and code in REFUSALS
        elif name in must_read:
            right = verdict == "ok"
        elif name == "bin-only":
            right = verdict == "ok" or (code in REFUSALS and "adapter_model.bin" in match.group(5))
        else:
            right = verdict == "ok" or (verdict == "refuse" and code in REFUSALS)
        yield name, right, match.group(0)


def tokens_beyond(output, case):
    for words, section in output.commands():
        if words.startswith("tokenize"):
            yield words, section.code == 0, section.short
        elif words.startswith("run"):
            place = r"train\.jsonl:34" if words == "run job.yaml" else r"val\.jsonl:1"
            untrained = not section.has("train: started")
            yield words, refused(section, place) and untrained, section.short
        else:
            yield words, section.code in REFUSALS and section.has("token|embedding|vocabulary"), section.short
    yield "six commands", len(output.commands()) == 6, len(output.commands())


def labels(output, case):
    found = output.variants()
    heads = {"string": "2 outputs", "int": "2 outputs", "asked": "2 outputs", "listed": "2 outputs"}
    for name, head in heads.items():
        section = found.get(name, Section())
        yield f"{name}: {head}", section.code == 0 and section.has(head), section.short
    # Nothing says whether 0.0 and 1.0 are classes or values.
    float_ = found.get("float", Section())
    asked = refused(float_, r"float\.jsonl:1: .*classes or values", "dataset.task")
    yield "float", float_.has("2 outputs") or asked, float_.short
    boolean = found.get("bool", Section())
    yield "bool", boolean.has("2 outputs") or refused(boolean, r"bool\.jsonl:1: 'label' is a boolean"), boolean.short


def past_positions(output, case):
    found = output.variants()
    for name, section in found.items():
        late = section.has("train: started") and section.code != 0
        reached = section.code == 0 and section.has("succeeded")
        yield name, not late and (reached or refused(section, r"jsonl:\d+|positions|max_length")), section.short
    limited = found.get("limited", Section())
    yield "limited to the positions it trains", limited.code == 0, limited.short
    dropped = found.get("dropped", Section())
    yield "dropped rows are counted", dropped.code == 0 and dropped.has("1 dropped|dropped: 1"), dropped.short
    yield "four variants", len(found) == 4, len(found)


def default_prompts(output, case):
    found = output.variants()
    for name, section in found.items():
        late = section.has("train: started") and section.code != 0
        yield name, not late and (section.code == 0 or refused(section, "prompt|jsonl")), section.short
    yield "five variants", len(found) == 5, len(found)


def truncation(output, case):
    found = output.variants()
    none = found.get("none", Section())
    yield "nothing is left to train on", refused(none, "none of the 9|no.* token to train on"), none.short
    job = found.get("job", Section())
    yield "dropped rows are told", job.code == 0 and job.has("9 dropped") or refused(job, "max_length"), job.short


def one_step(output, case):
    found = output.variants()
    for name, section in found.items():
        if name == "wild":
            right = section.code == 1 and section.has("finite|NaN|parity|diverge") or section.code == 0
        else:
            right = section.code == 0 or (section.code in REFUSALS + (1,) and section.has("warmup"))
        yield name, right, section.short
    yield "seven variants", len(found) == 7, len(found)


def inbox_names(output, case):
    left = re.search(r"left in the inbox:\n(.*)", output.text)
    names = left.group(1) if left else ""
    foreign = [
        "~x.yaml", "x.yaml~", "#x.yaml#", ".x.yaml.swp", "4913", ".hidden.yaml", "x.yaml.filepart", "x.yaml.part",
        "x.yaml.tmp", "x.json", "x.yaml.bak", "sync-conflict", "conflicted copy", "._x.yaml",
    ]
    for name in foreign:
        # Half-written files and editors' leftovers are nobody's jobs.
        told = output.has(re.escape(name) + r".{0,200}(ignored|not taken|left)")
        yield f"{name} is no job", name in names or told, names[:200]
    for index in (0, 2, 3, 4, 12):
        yield f"job-{index} ran", output.has(rf"\bjob-{index}\b"), output.short
    taken = [index for index in range(30) if re.search(rf"^.*\bjob-{index}\b.*succeeded", output.text, re.M)]
    yield "jobs succeed", len(taken) >= 5, taken
    yield "no fault of lorad's own", not output.has("exit 70|exit 13[0-9]|Fatal error"), output.short


def not_finite(output, case):
    for words, section in output.commands():
        right = section.code in (1, 65) and section.has("finite|NaN|holds (nan|inf) in row")
        if words.startswith("run"):
            right = right and not section.has('"status":"succeeded"')
        yield words, right, section.short
    yield "twelve commands", len(output.commands()) == 12, len(output.commands())


def two_formats(output, case):
    found = output.variants()
    for name, accuracy in (("job", True), ("named", True), ("as-text", False)):
        section = found.get(name, Section())
        yield f"{name} succeeds", section.code == 0 and section.has("succeeded"), section.short
        row = re.search(r"^all +4 +(\S+) +(\S+) +(\S+)", section.text, re.M)
        # Prompts with completions have an accuracy, running text has none.
        right = bool(row) and row.group(1).endswith("%") == accuracy
        yield f"{name} is read in the training rows' format", right, section.short


def templates(output, case):
    """Every template is rendered as Jinja renders it (jinja2 3.1 gave the texts below); a base without one is refused."""
    found = output.variants()
    turns = "<|im_start|>user\\nyes?<|im_end|>\\n<|im_start|>assistant\\nno<|im_end|>\\n"
    wanted = {name: turns for name in ("string", "list-one", "list-two", "jinja-file", "dots", "trim-marks")} | {
        "qwen-default-system": "<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n" + turns,
        "space-after-role": turns.replace("user\\n", "user ").replace("assistant\\n", "assistant "),
        "unknown": "<|start|>user\\n\\nyes?<|eot|><|start|>assistant\\n\\nno<|eot|>",
    }
    # Without a generation prompt the answer's head is the answer's too, as in TRL; a blank that stands before the answer
    # belongs to the token that begins with it.
    trained = {"space-after-role": " no<|im_end|>", "unknown": "<|start|>assistant\\n\\nno<|eot|>"}
    for name, section in found.items():
        plain = name.removesuffix("-named")
        if plain == "none":
            yield name, refused(section, "template", "rror|know|names no") and section.trained is None, section.short
            continue
        sample = section.trained or ""
        answer = trained.get(plain, "no<|im_end|>")
        yield f"{name} is rendered", section.code == 0 and re.sub("[⟦⟧]", "", sample) == wanted[plain], section.short
        yield f"{name} trains the answer alone", re.findall("⟦(.*?)⟧", sample) == [answer], sample
    yield "twenty variants", len(found) == 20, len(found)


YAML = {
    "lr 1e-4": 0, "lr .inf": 65, "lr .nan": 65, "steps 0o10": 0, "steps huge": 65, "training empty": 0,
    "rank empty": 65,
    "eos yes": 65, "eos no": 65, "name no": 0, "name null": 65, "name quoted no": 0, "tab": 65, "bom": 0, "crlf": 0,
    "multi": 65, "end mark": 0, "dup": 65, "merge": 65, "unknown key": 65, "json": 0, "seed -1": 65, "seed 2^63": 0,
    "seed 2^64": 65, "latin1": 65, "percent": 65, "epochs 1/2": 65, "batch float": 65, "max_length word": 65,
    "comment only": 65, "list": 65, "scalar": 65, "hash 0x": 65, "alpha 0": 65, "emoji name": 65,
}
CRON = {
    "30 2 * * *": True, "*/15 * * * *": True, "0 0 * * 7": True, "0 0 * * mon-fri": True, "0 0 29 2 *": True,
    "0-59/7 * * * *": True, "60 * * * *": False, "* 24 * * *": False, "0 0 * * 8": False, "*/0 * * * *": False,
    "0 0 31 2 *": False, "0 2 * * * root": False, "1,2,,3 * * * *": False, "H 2 * * *": False, "0 0 L * *": False,
}


def yaml_and_cron(output, case):
    yaml, _, cron = output.text.partition("-- cron")
    answers = {m.group(1).strip(): m for m in re.finditer(r"^(.{18}) exit (\d+)  (.*)$", yaml, re.M)}
    yield "YAML's answers", len(answers) >= 55, len(answers)
    for name, code in YAML.items():
        found = answers.get(name)
        yield f"yaml {name}: exit {code}", found is not None and int(found.group(2)) == code, found and found.group(0)
    for name, found in answers.items():
        placed = re.search(r"t\.yaml:\d+:\d+: |t\.yaml", found.group(3))
        yield f"yaml {name} is told by its place", int(found.group(2)) == 0 or bool(placed), found.group(0)
    lines = {m.group(1): m for m in re.finditer(r"^'(.*?)' +exit (\d+) ?(.*)$", cron, re.M)}
    yield "cron's answers", len(lines) >= 30, len(lines)
    for name, good in CRON.items():
        found = lines.get(name)
        says_bad = bool(found) and bool(
            re.search(r"cron", found.group(3), re.I) and int(found.group(2)) != 0)
        right = found is not None and says_bad != good
        yield f"cron {name}: {'good' if good else 'bad'}", right, found and found.group(0)


def gguf(output, case):
    wanted = expected(case)
    lines = {
        m.group(1): m for m in re.finditer(r"^(\S+) +exit (-?\d+) transformers (.*?) lorad (.*)$", output.text, re.M)
    }
    named = {
        "lora": "adapter|LoRA", "lfs": "Git LFS|pointer|LFS", "zero": "empty|GGUF|0 bytes",
        "truncated": "end|bytes|beyond|trunc", "v1": "version",
    }
    if not lines:
        # The case's files are written by its make.py, which needs the reference's packages.
        yield "files to try", False, "run make.py first"
        return
    for name, match in lines.items():
        code, said = int(match.group(2)), match.group(4)
        if code == 0:
            reference = wanted.get(name)
            # Read as llama.cpp reads it, whose rotations of F16 files transformers does not undo: a value is compared
            # where there is one, and where there is none it must at least be a log-probability.
            right = close(float(said), reference, 2e-2) if isinstance(reference, float) else float(said) < 0
            yield name, right and name not in named, match.group(0)
        else:
            yield name, code in REFUSALS and bool(re.search(named.get(name, "."), said, re.I)), match.group(0)


def tokenizers(output, case):
    wanted = expected(case)
    for name in wanted:
        line = next((line for line in output.text.splitlines() if line.split(" ")[0] == name), "")
        answer = line[24:].strip()
        right = answer == "ok" or (answer.startswith(("exit 65", "exit 66")) and len(answer) > 30)
        yield name, right, line or "no answer"
    must = [
        "plain", "split-llama3", "split-qwen2", "split-cl100k", "split-gpt-4o", "split-tekken", "split-deepseek",
        "falcon", "split-digits-3",
    ]
    for name in must:
        line = next((line for line in output.text.splitlines() if line.split(" ")[0] == name), "")
        yield f"{name} is read", line[24:].strip() == "ok", line or "no answer"


def pins(output, case):
    hashes = [
        dict(re.findall(r"^\s*(sha256|tokenizer_sha256): (\w+)", section.text, re.M))
        for words, section in output.calls if words == "hash base"
    ]
    # Those of the script itself come first and last; each pin that it fills in asks too.
    first, last = hashes[0], hashes[-1]
    yield "both hashes are printed", len(first) == 2 and len(last) == 2, (first, last)
    yield "the tokenizer's changed", first.get("tokenizer_sha256") != last.get("tokenizer_sha256"), last
    yield "the base's did not", first.get("sha256") == last.get("sha256"), last
    submitted = [section for words, section in output.calls if words == "submit job.yaml --stamp"]
    changed = len(submitted) == 2 and all(call.code == 0 and not call.has("unchanged") for call in submitted)
    yield "--stamp sees the change", changed, [call.short for call in submitted]
    runs = [section for words, section in output.calls if words.startswith("run ")]
    identities = [re.sub(r"^.*-", "", section.json.get("run_dir", "")) for section in runs]
    yield "four runs, each with an identity of its own", len(identities) == 4 == len(set(identities)), identities
    verified = [section for words, section in output.calls if words.startswith("verify ")]
    yield "the latest run verifies", len(verified) == 1 and verified[0].code == 0, [call.short for call in verified]


CHECKS = {
    "01-pissa-adapter": pissa, "03-eos-elsewhere": end_of_text, "05-added-tokens-decoder": token_ids,
    "06-bert-gamma-beta": bert, "07-double-bos": double_bos, "08-message-weight": message_weights,
    "09-tool-calls": tool_calls, "11-data-file-kinds": data_files, "13-adapter-config-variants": adapters,
    "14-token-beyond-embedding": tokens_beyond, "15-float-labels": labels, "16-rows-past-positions": past_positions,
    "17-default-prompts": default_prompts, "18-truncation-losses": truncation, "19-one-step": one_step,
    "21-inbox-names": inbox_names, "23-nan-base": not_finite, "24-eval-rows-with-text": two_formats,
    "25-chat-template-places": templates, "27-yaml-and-cron": yaml_and_cron, "28-gguf-oddities": gguf,
    "29-tokenizer-variants": tokenizers, "37-pins-miss-tokenizer-config": pins,
}
