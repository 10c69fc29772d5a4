"""Writes Tests/Fixtures/families/default_targets.json: what PEFT adapts where no target modules are named.

usage: python scripts/reference/default_targets.py      (versions: requirements.txt)

PEFT has none for phi3; null stands in the file.
"""

import json
from pathlib import Path

from peft.utils.constants import TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING as TARGETS

FILE = Path(__file__).resolve().parents[2] / "Tests/Fixtures/families/default_targets.json"
TYPES = ("bert deberta deberta-v2 gemma gemma2 gemma3_text gpt2 gpt_neox llama mistral opt phi3 qwen2 qwen3 roberta").split()

if __name__ == "__main__":
    FILE.write_text(json.dumps({name: TARGETS.get(name) for name in TYPES}, indent=1) + "\n")
