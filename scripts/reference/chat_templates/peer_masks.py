"""Which tokens of conversations the assistant says, by the templates of real models that `scripts/fetch templates` brings.

    scripts/fetch templates
    python3 scripts/reference/chat_templates/peer_masks.py

Writes Tests/Fixtures/templates/peer_masks.json: for each template and conversation the digest of the text and of the ids
that transformers' `apply_chat_template` gives, and the ranges of trained tokens. Where a template marks what the assistant
says, they are transformers' `return_assistant_tokens_mask`. Elsewhere they were settled by hand, a family at a time: a turn
goes from the words that ask the assistant to speak to the end token that it generates, and these are written down below.
The tokenizer is that of Tests/Fixtures/llama-tiny with the templates' markers as special tokens, and written beside the rows.
"""

import datetime
import hashlib
import json
import pathlib
import re

from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast
from transformers.utils import chat_template_utils

ROOT = pathlib.Path(__file__).resolve().parents[3]
TEMPLATES = ROOT / "data/templates"
OUT = ROOT / "Tests/Fixtures/templates/peer_masks.json"
TOKENIZER = ROOT / "Tests/Fixtures/templates/tokenizer"
BOS, EOS = "<|im_start|>", "<|im_end|>"
SPECIAL = (
    "<|start_header_id|> <|end_header_id|> <|eot_id|> <start_of_turn> <end_of_turn> <|system|> <|user|> <|assistant|> <|end|> "
    "[INST] [/INST] [TOOL_CALLS] [TOOL_RESULTS] [/TOOL_RESULTS] [AVAILABLE_TOOLS] [/AVAILABLE_TOOLS] [SYSTEM_PROMPT] [/SYSTEM_PROMPT] "
    "[CALL_ID] [ARGS] [TOOL_CONTENT] <｜User｜> <｜Assistant｜> <｜end▁of▁sentence｜> <|start_of_role|> <|end_of_role|> <|end_of_text|> "
    "<|START_OF_TURN_TOKEN|> <|END_OF_TURN_TOKEN|> <|USER_TOKEN|> <|CHATBOT_TOKEN|> <|SYSTEM_TOKEN|> <|START_RESPONSE|> <|END_RESPONSE|>"
).split()

# What stands before a turn, and the end that the model says last. A lookbehind leaves alone what is not trained.
CHATML = (r"<\|im_start\|>assistant\n", r"<\|im_end\|>")
BY_HAND = {
    "meta-llama-Llama-3.2-3B-Instruct": (r"<\|start_header_id\|>assistant<\|end_header_id\|>\n\n", r"<\|eot_id\|>"),
    "Qwen-Qwen2.5-7B-Instruct": CHATML,
    # An empty thought is the model's own to write.
    "Qwen-Qwen3-0.6B": CHATML,
    "google-gemma-2-2b-it": (r"<start_of_turn>model\n", r"<end_of_turn>"),
    "microsoft-Phi-3.5-mini-instruct": (r"<\|assistant\|>\n", r"<\|end\|>"),
    "mistralai-Mistral-Nemo-Instruct-2407": (r"\[/INST\]|\[/TOOL_RESULTS\]", re.escape(EOS)),
    "Mistral-Small-3.2-24B-Instruct-2506": (r"\[/INST\]|\[/TOOL_RESULTS\]", re.escape(EOS)),
    # Takes thoughts out of answers, so that none begins as the words that ask for it end. After results of tools nothing asks.
    "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B": (r"<｜Assistant｜>|<｜tool▁outputs▁end｜>", r"<｜end▁of▁sentence｜>"),
    # Without thinking the words that ask close the thought.
    "deepseek-ai-DeepSeek-V3.1": (r"<｜Assistant｜><think></think>|<｜tool▁output▁end｜>", r"<｜end▁of▁sentence｜>"),
    "HuggingFaceTB-SmolLM3-3B": CHATML,
    "ibm-granite-granite-3.3-2B-Instruct": (r"<\|start_of_role\|>assistant<\|end_of_role\|>", r"<\|end_of_text\|>"),
    "ibm-granite-granite-4.0": (r"<\|start_of_role\|>assistant<\|end_of_role\|>", r"<\|end_of_text\|>"),
    # Command R7B's text ends with the words that ask for one more turn, whether or not they are wanted.
    "CohereForAI-c4ai-command-r7b-12-2024-tool_use": (r"<\|CHATBOT_TOKEN\|>(?!<\|START_THINKING\|><\|END_THINKING\|>$)", r"<\|END_OF_TURN_TOKEN\|>"),
}
MARKED = ["LFM2.5-8B-A1B", "poolside-Laguna-XS.2", "poolside-Laguna-S-2.1"]

CALL = {"type": "function", "id": "abcdefghi", "function": {"name": "weather", "arguments": {"city": "Köln", "days": 2}}}
TOOL = {"type": "function", "function": {"name": "weather", "description": "Forecast", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}


def talk(*contents, system=None):
    turns = [{"role": "assistant" if index % 2 else "user", "content": content} for index, content in enumerate(contents)]
    return {"messages": ([] if system is None else [{"role": "system", "content": system}]) + turns}


CONVERSATIONS = {
    "one": talk("is it good?", "it is"),
    "three": talk("a?", "b", "c?", "d", "e?", "f"),
    "system": talk("hi", "ho", system="be short"),
    "system, twice": talk("hi", "ho", "hi", "ho", system="be short"),
    "unicode": talk("naïve café 日本", "ok 👍🏽 é", "é?", "日本"),
    "same": talk("same", "same", "same", "same"),
    "lines": talk("list", "one\n\ntwo\n- three", "more", "four\nfive"),
    "thought": talk("who?", "<think>\nhm\n</think>\n\nme"),
    "reasoning": {"messages": [{"role": "user", "content": "1+1"}, {"role": "assistant", "reasoning_content": "two", "content": "2"}]},
    "call": {"messages": [{"role": "user", "content": "rain?"}, {"role": "assistant", "content": "", "tool_calls": [CALL]}, {"role": "tool", "tool_call_id": "abcdefghi", "content": "dry"}, {"role": "assistant", "content": "no"}], "tools": [TOOL]},
}


class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2026, 11, 29)


chat_template_utils.datetime = Clock


def by_hand(text, before, end, turns):
    """Character ranges, one a turn."""
    spans = []
    for match in re.finditer(before, text):
        last = re.search(end, text[match.end():])
        if last:
            spans.append((match.end(), match.end() + last.end()))
    return spans if len(spans) == turns else None


def golden(tokenizer, name, source, messages, tools=None):
    def render(**more):
        return tokenizer.apply_chat_template(messages, tools=tools, chat_template=source, **more)

    try:
        text = render(tokenize=False)
    except Exception as error:  # What jinja2 or the template raises.
        return {"refused": type(error).__name__}
    if name in MARKED:
        answer = render(tokenize=True, return_dict=True, return_assistant_tokens_mask=True)
        ids, mask = list(answer["input_ids"]), list(answer["assistant_masks"])
    else:
        encoded = tokenizer(text, add_special_tokens=False)
        ids, mask = list(encoded["input_ids"]), [0] * len(encoded["input_ids"])
        assert ids == list(render(tokenize=True, return_dict=True)["input_ids"])
        turns = sum(message["role"] == "assistant" for message in messages)
        spans = by_hand(text, *BY_HAND[name], turns)
        if spans is None:
            return {"unsettled": True}
        for start, stop in spans:
            first, last = encoded.char_to_token(start), encoded.char_to_token(stop - 1)
            mask[first:last + 1] = [1] * (last + 1 - first)
    trained, start = [], None
    for index, flag in enumerate(mask + [0]):
        if flag and start is None:
            start = index
        elif not flag and start is not None:
            trained.append([start, index])
            start = None

    def digest(part):
        return hashlib.sha256(part.encode()).hexdigest()[:16]

    return {"text": digest(text), "ids": digest(" ".join(map(str, ids))), "trained": trained,
            "said": [tokenizer.decode(ids[a:b]) for a, b in trained]}


def main():
    definition = json.loads((ROOT / "Tests/Fixtures/llama-tiny/base/tokenizer.json").read_text())
    # Offsets as they are: trimmed, they hide a blank that begins a turn, and transformers leaves the whole turn out.
    for part in ["pre_tokenizer", "post_processor", "decoder"]:
        if definition[part] and "trim_offsets" in definition[part]:
            definition[part]["trim_offsets"] = False
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_str(json.dumps(definition)), bos_token=BOS, eos_token=EOS)
    tokenizer.add_special_tokens({"additional_special_tokens": SPECIAL})
    TOKENIZER.mkdir(exist_ok=True)
    tokenizer.backend_tokenizer.save(str(TOKENIZER / "tokenizer.json"), pretty=False)
    (TOKENIZER / "tokenizer_config.json").write_text(json.dumps({"bos_token": BOS, "eos_token": EOS}, indent=1) + "\n")
    rows = {}
    for name in sorted(list(BY_HAND) + MARKED):
        source = (TEMPLATES / f"{name}.jinja").read_text()
        rows[name] = {key: golden(tokenizer, name, source, **one) for key, one in CONVERSATIONS.items()}
        shown = {key: row.get("said", next(iter(row))) for key, row in rows[name].items()}
        print(name, json.dumps(shown, ensure_ascii=False, indent=1))
    body = ",\n".join(json.dumps(name) + ":" + json.dumps(row, separators=(",", ":"), ensure_ascii=False) for name, row in rows.items())
    OUT.write_text('{"conversations":' + json.dumps(CONVERSATIONS, separators=(",", ":"), ensure_ascii=False) + ',\n"templates":{\n' + body + "}}\n")


main()
