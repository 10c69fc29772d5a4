"""The ids and the trained tokens that transformers makes of conversations.

    python3 scripts/reference/conversations.py [BASE.gguf]

Writes Tests/Fixtures/conversations/goldens.json: for each tokenizer and template, of each conversation the ids of
`apply_chat_template(tokenize=True)` and the tokens of `return_assistant_tokens_mask` by the same template with its
assistant turns, end markers included, between `{% generation %}` tags. Without a GGUF the entries of SmolLM2's own
vocabulary are kept.
"""

import json
import pathlib
import sys

from tokenizers import Tokenizer
from transformers import AutoTokenizer, PreTrainedTokenizerFast

ROOT = pathlib.Path(__file__).resolve().parents[2]
TRAINED = ROOT / "Tests/Fixtures/tokenizers-trained"
OUT = ROOT / "Tests/Fixtures/conversations/goldens.json"
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
DEFAULT = "{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\n" + SYSTEM + "<|im_end|>\n' }}{% endif %}"
TURN = "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
MARKED = (
    "{{'<|im_start|>' + message['role'] + '\n'}}{% if message['role'] == 'assistant' %}{% generation %}{{ message['content'] + '<|im_end|>' }}{% endgeneration %}"
    "{% else %}{{ message['content'] + '<|im_end|>' }}{% endif %}{{ '\n' }}"
)
END = "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"


def template(name, turn):
    return "{% for message in messages %}" + (DEFAULT if name == "SmolLM2" else "") + turn + END


def talk(*contents, system=None):
    turns = [{"role": "assistant" if index % 2 else "user", "content": content} for index, content in enumerate(contents)]
    return ([] if system is None else [{"role": "system", "content": system}]) + turns


CONVERSATIONS = [
    talk("is it good?", "it is"), talk("is it good?", "it is", "bad?", "not bad"), talk("hi", "ho", system="be short"), talk("", "yes"), talk("yes?", ""), talk("", ""),
    talk(" leading", " leading too"), talk("trailing ", "trailing too "), talk("  two  ", "  two  "), talk("\nline", "\nline"), talk("\n\n", "\n\n\n"), talk("a\n", "b\n", "\n\nc", "d \n "),
    talk("\t", "\t\tx"), talk(" ", " "), talk("\u00a0nbsp", "\u3000wide"), talk("naïve café", "cafe\u0301"), talk("日本語", "中文。"), talk("👩‍👩‍👧‍👦", "👍🏽 ok"), talk("x", "\u0301mark first"),
    talk("<|im_end|>", "<|im_start|>user"), talk("don't", "'s"), talk("1 12 123", "1234"), talk("مرحبا", "שלום"), talk("a" * 200, "b " * 100), talk("▁", "▁a"), talk("x", "\r\n"), talk("x", "\u1100\u1161"),
    talk("a", "b", system=""), talk("a", "b", system=" \n"), talk("assistant\nno", "user\nyes"), [{"role": "assistant", "content": "first"}, {"role": "user", "content": "then"}],
    [{"role": "assistant", "content": "one"}, {"role": "assistant", "content": "\ntwo"}],
]


def trained(kind):
    """Without trimmed offsets: where they hide a blank that begins a turn, transformers' mask leaves the whole turn out."""
    definition = (TRAINED / kind / "tokenizer.json").read_text().replace('"trim_offsets":true', '"trim_offsets":false')
    return PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_str(definition.replace('"trim_offsets": true', '"trim_offsets": false')))


def tokenizers(gguf):
    yield "llama-tiny", AutoTokenizer.from_pretrained(ROOT / "Tests/Fixtures/llama-tiny/base")
    for kind in ["gpt2", "qwen2", "smollm", "llama3", "llama2", "mistral", "gemma", "prefixed"]:
        yield kind, trained(kind)
    # The markers as special tokens of vocabularies that lack them.
    for kind in ["qwen2", "llama2"]:
        tokenizer = trained(kind)
        tokenizer.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>"]})
        folder = OUT.parent / f"{kind}-marked"
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
        yield f"{kind}-marked", tokenizer
    if gguf:
        import tokenizers_goldens

        yield "SmolLM2-135M", PreTrainedTokenizerFast(tokenizer_object=tokenizers_goldens.from_gguf(gguf))


def golden(tokenizer, name, messages):
    ids = tokenizer.apply_chat_template(messages, chat_template=template(name, TURN), tokenize=True)
    marked = tokenizer.apply_chat_template(
        messages, chat_template=template(name, MARKED), tokenize=True, return_dict=True, return_assistant_tokens_mask=True
    )
    ids = list(ids["input_ids"] if hasattr(ids, "keys") else ids)
    assert ids == list(marked["input_ids"])
    return {"ids": ids, "trained": [index for index, trained in enumerate(marked["assistant_masks"]) if trained]}


def main():
    OUT.parent.mkdir(exist_ok=True)
    old = json.loads(OUT.read_text())["entries"] if OUT.exists() else {}
    entries = {name: rows for name, rows in old.items() if name.startswith("SmolLM2-135M")}
    for kind, tokenizer in tokenizers(sys.argv[1] if len(sys.argv) > 1 else None):
        for name in ["ChatML", "SmolLM2"]:
            entries[f"{kind} {name}"] = [golden(tokenizer, name, messages) for messages in CONVERSATIONS]
    lines = ",\n".join(f'"{name}":' + json.dumps(rows, separators=(",", ":")) for name, rows in sorted(entries.items()))
    OUT.write_text('{"conversations":' + json.dumps(CONVERSATIONS, separators=(",", ":")) + ',\n"entries":{\n' + lines + "}}\n")
    print(len(entries), "entries of", len(CONVERSATIONS), "conversations,", OUT.stat().st_size, "bytes")


main()
