"""What transformers makes of conversations by templates in the style of real families: text, ids, trained tokens.

    python3 scripts/reference/chat_masks.py

Writes Tests/Fixtures/chat: for each family a small tokenizer, its template as a model ships it (`plain.jinja`) and the same
with the assistant's turns between `{% generation %}` tags (`marked.jinja`), and in goldens.json of each conversation what
`apply_chat_template` gives for both, with `return_assistant_tokens_mask` for the marked one. The templates are our own.
"""

import json
import pathlib
import shutil

from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / "Tests/Fixtures/families/qwen3/tokenizer.json"
OUT = ROOT / "Tests/Fixtures/chat"

# What the assistant says stands between « and ». Answers begin with a character of the vocabulary: transformers leaves a
# turn out whose first character has no token.
CALLS = "{% for call in message['tool_calls'] %}{{ '<tool_call>' + call['function']['name'] + ' ' + (call['function']['arguments'] | tojson) + '</tool_call>' }}{% endfor %}"
PARTED = CALLS.replace("{{ '<tool_call>'", "{% if message['content'] or not loop.first %}{{ '\\n' }}{% endif %}{{ '<tool_call>'")
SAID = "{% if message['content'] %}{{ message['content'] | trim }}{% endif %}{% if message['tool_calls'] %}" + CALLS + "{% endif %}"
ALTERNATES = (
    "{% for message in turns %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% endfor %}"
)
SYSTEM_FIRST = (
    "{% if messages[0]['role'] == 'system' %}{% set first = messages[0]['content'] + '\\n\\n' %}{% set turns = messages[1:] %}"
    "{% else %}{% set first = '' %}{% set turns = messages %}{% endif %}"
)

FAMILIES = {
    "llama3": dict(
        bos="<|begin_of_text|>", eos="<|eot_id|>", special=["<|start_header_id|>", "<|end_header_id|>"],
        template="{{ bos_token }}{% if tools %}{{ '<|start_header_id|>system<|end_header_id|>\\n\\n' + (tools | tojson) + '<|eot_id|>' }}{% endif %}"
        "{% for message in messages %}{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' }}"
        "{% if message['role'] == 'assistant' %}«" + SAID + "{{ '<|eot_id|>' }}»{% else %}{{ (message['content'] | trim) + '<|eot_id|>' }}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}",
    ),
    # Writes reasoning in the last answers alone, and an empty one where the last has none; parts calls from what is said.
    "qwen3": dict(
        bos=None, eos="<|im_end|>", special=["<|im_start|>", "<think>", "</think>"],
        template="{% if tools %}{{ '<|im_start|>system\\n' + (tools | tojson) + '<|im_end|>\\n' }}{% endif %}"
        "{% set ns = namespace(last=0) %}{% for message in messages %}{% if message['role'] == 'user' %}{% set ns.last = loop.index0 %}{% endif %}{% endfor %}"
        "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' }}"
        "{% if message['role'] == 'assistant' %}«{% set reasoning = message['reasoning_content'] | default('', true) %}"
        "{% if loop.index0 > ns.last and (loop.last or reasoning) %}{{ '<think>\\n' + reasoning.strip('\\n') + '\\n</think>\\n\\n' }}{% endif %}"
        + SAID.replace(CALLS, PARTED) + "{{ '<|im_end|>' }}»{{ '\\n' }}{% else %}{{ message['content'] + '<|im_end|>\\n' }}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
    ),
    # No system turn, roles that alternate, parts of text.
    "gemma3": dict(
        bos="<bos>", eos="<end_of_turn>", special=["<start_of_turn>"],
        template="{{ bos_token }}" + SYSTEM_FIRST + ALTERNATES + "{% for message in turns %}"
        "{% set role = 'model' if message['role'] == 'assistant' else message['role'] %}{{ '<start_of_turn>' + role + '\\n' + (first if loop.first else '') }}"
        "{% set content %}{% if message['content'] is string %}{{ message['content'] | trim }}{% else %}{% for part in message['content'] %}{{ part['text'] | trim }}{% endfor %}{% endif %}{% endset %}"
        "{% if role == 'model' %}«{{ content }}{{ '<end_of_turn>' }}»{{ '\\n' }}{% else %}{{ content + '<end_of_turn>\\n' }}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}",
    ),
    "phi3": dict(
        bos="<s>", eos="<|endoftext|>", special=["<|system|>", "<|user|>", "<|assistant|>", "<|end|>"],
        template="{% for message in messages %}{{ '<|' + message['role'] + '|>\\n' }}"
        "{% if message['role'] == 'assistant' %}«{{ message['content'] + '<|end|>' }}»{{ '\\n' }}{% else %}{{ message['content'] + '<|end|>\\n' }}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}",
    ),
    # Nothing asks the assistant to speak.
    "mistral": dict(
        bos="<s>", eos="</s>", special=["[INST]", "[/INST]"],
        template="{{ bos_token }}" + SYSTEM_FIRST + ALTERNATES + "{% for message in turns %}"
        "{% if message['role'] == 'user' %}{{ '[INST] ' + (first if loop.last else '') + message['content'] + '[/INST]' }}"
        "{% elif message['role'] == 'assistant' %}«{{ ' ' + (message['content'] | trim) + eos_token }}»{% else %}{{ raise_exception('Only user and assistant roles are supported!') }}{% endif %}{% endfor %}",
    ),
    # Asks the assistant to think, and takes thoughts out of earlier answers.
    "deepseek": dict(
        bos="<BOS>", eos="<EOS>", special=["<User>", "<Assistant>", "<think>", "</think>"],
        template="{{ bos_token }}{% for message in messages %}{% if message['role'] == 'assistant' %}{{ '<Assistant>' }}«"
        "{% set content = message['content'] %}{% if '</think>' in content and not loop.last %}{% set content = content.split('</think>')[-1] %}{% endif %}{{ content + '<EOS>' }}»"
        "{% elif message['role'] == 'user' %}{{ '<User>' + message['content'] }}{% else %}{{ message['content'] }}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<Assistant><think>\\n' }}{% endif %}",
    ),
}

CALL = {"type": "function", "function": {"name": "weather", "arguments": {"city": "Köln", "days": 2}}}
TOOL = {"type": "function", "function": {"name": "weather", "description": "Forecast", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}


def talk(*contents, system=None):
    turns = [{"role": "assistant" if index % 2 else "user", "content": content} for index, content in enumerate(contents)]
    return {"messages": ([] if system is None else [{"role": "system", "content": system}]) + turns}


CONVERSATIONS = [
    talk("is it good?", "it is"), talk("a?", "b", "c?", "d"), talk("a", "b", "c", "d", "e", "f"), talk("hi", "ho", system="be short"), talk("hi", "ho", "hi", "ho", system="s"),
    talk("", "yes"), talk("yes?", " padded \n"), talk("naïve café 日本", "ok 👍🏽 é"), talk("same", "same", "same", "same"), talk("a", "<b> is bold", "c", "</b>"),
    talk("who?", "<think>\nhm\n</think>\n\nme"), talk("who?", "<think>\nhm\n</think>\n\nme", "sure?", "<think>\nwell\n</think>\n\nyes"),
    {"messages": [{"role": "user", "content": "1+1"}, {"role": "assistant", "reasoning_content": "two", "content": "2"}]},
    {"messages": [{"role": "user", "content": "1+1"}, {"role": "assistant", "reasoning_content": "two", "content": "2"}, {"role": "user", "content": "+1"}, {"role": "assistant", "reasoning_content": "three", "content": "3"}]},
    {"messages": [{"role": "user", "content": "rain?"}, {"role": "assistant", "content": "", "tool_calls": [CALL]}, {"role": "tool", "content": "dry"}, {"role": "assistant", "content": "no"}], "tools": [TOOL]},
    {"messages": [{"role": "user", "content": "rain?"}, {"role": "assistant", "content": "I look", "tool_calls": [CALL, CALL]}, {"role": "tool", "content": "dry"}, {"role": "tool", "content": "wet"}, {"role": "assistant", "content": "both"}, {"role": "user", "content": "so?"}, {"role": "assistant", "content": "take one"}], "tools": [TOOL]},
    {"messages": [{"role": "user", "content": [{"type": "text", "text": "one"}]}, {"role": "assistant", "content": [{"type": "text", "text": "two"}]}]},
    talk("who asks?"), {"messages": [{"role": "assistant", "content": "first"}, {"role": "user", "content": "then"}, {"role": "assistant", "content": "last"}]},
]


def family(name, bos, eos, special, template):
    folder = OUT / name
    folder.mkdir(parents=True, exist_ok=True)
    # Offsets as they are: trimmed, they hide a blank that begins a turn, and transformers leaves the whole turn out.
    definition = json.loads(SOURCE.read_text())
    for part in ["pre_tokenizer", "post_processor", "decoder"]:
        if definition[part] and "trim_offsets" in definition[part]:
            definition[part]["trim_offsets"] = False
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_str(json.dumps(definition)), bos_token=bos, eos_token=eos)
    tokenizer.add_special_tokens({"additional_special_tokens": special})
    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    config = {key: value for key, value in {"bos_token": bos, "eos_token": eos}.items() if value}
    plain, marked = template.replace("«", "").replace("»", ""), template.replace("«", "{% generation %}").replace("»", "{% endgeneration %}")
    (folder / "tokenizer_config.json").write_text(json.dumps(config | {"chat_template": plain}, indent=1) + "\n")
    (folder / "plain.jinja").write_text(plain)
    (folder / "marked.jinja").write_text(marked)
    return [golden(tokenizer, plain, marked, **conversation) for conversation in CONVERSATIONS]


def golden(tokenizer, plain, marked, messages, tools=None):
    def render(template, **more):
        return tokenizer.apply_chat_template(messages, tools=tools, chat_template=template, **more)

    try:
        text = render(plain, tokenize=False)
    except Exception as error:  # What jinja2 or the template raises.
        return {"refused": type(error).__name__}
    assert text == render(marked, tokenize=False)
    answer = render(marked, tokenize=True, return_dict=True, return_assistant_tokens_mask=True)
    prompt = render(plain, tokenize=False, add_generation_prompt=True)
    return {"text": text, "prompt": prompt, "ids": list(answer["input_ids"]), "trained": [i for i, mask in enumerate(answer["assistant_masks"]) if mask]}


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    entries = {name: family(name, **parts) for name, parts in FAMILIES.items()}
    lines = ",\n".join(f'"{name}":' + json.dumps(rows, separators=(",", ":")) for name, rows in entries.items())
    (OUT / "goldens.json").write_text('{"conversations":' + json.dumps(CONVERSATIONS, separators=(",", ":")) + ',\n"entries":{\n' + lines + "}}\n")
    (OUT / "PROVENANCE.md").write_text(
        "# Chat templates\n\nWritten by `scripts/reference/chat_masks.py`, with the versions of `scripts/reference/requirements.txt`. The templates are\n"
        "our own, in the style of the families that they are named after; the tokenizers are those of `families/` with the\ntemplates' markers as special tokens.\n")
    for name, rows in entries.items():
        print(name, sum("refused" in row for row in rows), "refused of", len(rows))


main()
