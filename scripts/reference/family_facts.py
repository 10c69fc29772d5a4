"""Writes Tests/Fixtures/families/transformers.json: what transformers and PEFT say of every model type with a fixture.

usage: python scripts/reference/family_facts.py      (versions: requirements.txt)

`base` is the class with a vocabulary head, or of an encoder the one without a head; `overrides_files` says whether the
tokenizer's class counts for more than the one that a checkpoint names; `default_targets` is what PEFT adapts where no
target modules are named, `ia3_targets` what its (IA)³ does, `ia3_feedforward` of which of them it scales the inputs. A null
stands where there is none.
"""

import json
from pathlib import Path

import transformers
from peft.utils.constants import TRANSFORMERS_MODELS_TO_IA3_FEEDFORWARD_MODULES_MAPPING as FEEDFORWARD
from peft.utils.constants import TRANSFORMERS_MODELS_TO_IA3_TARGET_MODULES_MAPPING as SCALED
from peft.utils.constants import TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING as TARGETS
from transformers.models.auto import modeling_auto, tokenization_auto

FIXTURES = Path(__file__).resolve().parents[2] / "Tests/Fixtures"


def types(pattern):
    return {json.loads(path.read_text())["model_type"] for path in FIXTURES.glob(pattern)}


def first(value):
    """Some types have several classes, the usual one first."""
    return value if value is None or isinstance(value, str) else next((name for name in value if name), None)


def facts(model_type, bases):
    found = {
        "base": first(bases.get(model_type)),
        "classifier": first(modeling_auto.MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES.get(model_type)),
    }
    for name in found.values():
        assert name is None or hasattr(transformers, name), name
    return found | {
        "tokenizer": first(tokenization_auto.TOKENIZER_MAPPING_NAMES.get(model_type)),
        "overrides_files": model_type in tokenization_auto.MODELS_WITH_INCORRECT_HUB_TOKENIZER_CLASS,
        "default_targets": TARGETS.get(model_type),
        "ia3_targets": SCALED.get(model_type),
        "ia3_feedforward": FEEDFORWARD.get(model_type),
    }


if __name__ == "__main__":
    decoders = types("families/*/config.json")
    encoders = types("classifiers/*/base/config.json") - decoders
    causal, plain = modeling_auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES, modeling_auto.MODEL_MAPPING_NAMES
    known = {name: facts(name, causal) for name in decoders} | {name: facts(name, plain) for name in encoders}
    text = json.dumps(known, indent=1, sort_keys=True) + "\n"
    (FIXTURES / "families/transformers.json").write_text(text)
