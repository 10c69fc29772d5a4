"""Writes Tests/Fixtures/methods: an adapter of each method that PEFT has beside plain LoRA, and what PEFT computes with it.

usage: python scripts/reference/adapter_methods.py [FOLDER …]      (versions: requirements.txt; about ten seconds)

One folder a case: PEFT's two files, and reference.safetensors with the logits of the base's rows, those of PEFT's own
merge where it has one, the gradients of every tensor on those rows, and reference.json with the losses of ten AdamW steps. Bases are
Tests/Fixtures/llama-tiny/base and folders of Tests/Fixtures/families. On another machine floats may differ in their last
bits.
"""

import copy
import json
import shutil
import sys
import types
import warnings
from pathlib import Path

import torch
from peft import AdaLoraConfig, BeftConfig, IA3Config, LoraConfig, PeftModel, PrefixTuningConfig, PromptTuningConfig, get_peft_model
from peft.optimizers import create_loraplus_optimizer
from peft.utils import get_peft_model_state_dict
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM
from transformers.utils import logging

from tiny import adapter, batches, training

FIXTURES = Path(__file__).resolve().parents[2] / "Tests/Fixtures"
FOLDER = FIXTURES / "methods"
SEED = 20261129
STEPS = 10
LOW_RANK = dict(r=4, lora_alpha=8, lora_dropout=0.0, bias="none", task_type="CAUSAL_LM")
# folder: (base, PEFT's configuration); that of "adalora" writes "adalora-pruned" too, as it is saved after its training
CASES = {
    "rslora": ("llama-tiny", LoraConfig(**LOW_RANK, use_rslora=True, target_modules=adapter.ALL_LINEAR)),
    "dora": ("llama-tiny", LoraConfig(**LOW_RANK, use_dora=True, target_modules=adapter.ALL_LINEAR)),
    "dora-rslora": ("llama-tiny", LoraConfig(**LOW_RANK, use_dora=True, use_rslora=True, rank_pattern={"v_proj": 2},
                                             target_modules=adapter.QUERY_VALUE)),
    "dora-gpt2": ("families/gpt2", LoraConfig(**LOW_RANK, use_dora=True, fan_in_fan_out=True,
                                              target_modules=["c_attn", "c_proj", "c_fc"])),
    "lora-patterns": ("llama-tiny", LoraConfig(**LOW_RANK, rank_pattern={"down_proj": 6, r"layers\.1\..*\.[qk]_proj": 2},
                                               alpha_pattern={"v_proj": 5.5}, target_modules=adapter.ALL_LINEAR,
                                               exclude_modules=["layers.0.mlp.up_proj", "gate_proj"])),
    "lora-layers": ("llama-tiny", LoraConfig(**LOW_RANK, layers_to_transform=[1], target_modules=adapter.ALL_LINEAR)),
    "lora-plus": ("llama-tiny", LoraConfig(**LOW_RANK, target_modules=adapter.ALL_LINEAR)),
    "dora-plus": ("llama-tiny", LoraConfig(**LOW_RANK, use_dora=True, target_modules=adapter.QUERY_VALUE)),
    "ia3": ("llama-tiny", IA3Config(target_modules=["k_proj", "v_proj", "down_proj"], feedforward_modules=["down_proj"],
                                    task_type="CAUSAL_LM")),
    # Biases, and inputs that are scaled for one of several projections that share them.
    "ia3-biases": ("families/llama-biases", IA3Config(target_modules=adapter.ALL_LINEAR, task_type="CAUSAL_LM",
                                                      feedforward_modules=["k_proj", "up_proj", "down_proj"])),
    "ia3-gpt2": ("families/gpt2", IA3Config(target_modules=["c_attn", "mlp.c_proj"], feedforward_modules=["mlp.c_proj"],
                                            fan_in_fan_out=True, task_type="CAUSAL_LM")),
    "bitfit": ("families/llama-biases", BeftConfig(target_modules=adapter.ALL_LINEAR, task_type="CAUSAL_LM")),
    "bitfit-qwen2": ("families/qwen2", BeftConfig(target_modules=["q_proj", "k_proj", "v_proj"], task_type="CAUSAL_LM")),
    # Over a whole schedule: two steps before the first rank is taken, two after the last.
    "adalora": ("llama-tiny", AdaLoraConfig(init_r=6, target_r=3, tinit=2, tfinal=2, deltaT=2, total_step=STEPS,
                                            lora_alpha=8, lora_dropout=0.0, target_modules=adapter.ALL_LINEAR,
                                            task_type="CAUSAL_LM")),
    "adalora-gpt2": ("families/gpt2", AdaLoraConfig(init_r=4, target_r=1, tfinal=3, total_step=STEPS, beta1=0.7,
                                                    orth_reg_weight=0.1, lora_alpha=4, lora_dropout=0.0,
                                                    fan_in_fan_out=True, target_modules=["c_attn", "c_proj", "c_fc"],
                                                    task_type="CAUSAL_LM")),
    "prompt": ("llama-tiny", PromptTuningConfig(num_virtual_tokens=5, task_type="CAUSAL_LM")),
    # Learned positions, which virtual tokens have too.
    "prompt-gpt2": ("families/gpt2", PromptTuningConfig(num_virtual_tokens=3, task_type="CAUSAL_LM")),
    # Scaled embeddings, which virtual tokens are not; they begin as those of a text.
    "prompt-gemma": ("families/gemma", PromptTuningConfig(num_virtual_tokens=6, task_type="CAUSAL_LM",
                                                          prompt_tuning_init="TEXT", prompt_tuning_init_text="good film",
                                                          tokenizer_name_or_path=str(FIXTURES / "families/gemma"))),
    "prefix": ("llama-tiny", PrefixTuningConfig(num_virtual_tokens=5, task_type="CAUSAL_LM")),
    "prefix-gpt2": ("families/gpt2", PrefixTuningConfig(num_virtual_tokens=3, task_type="CAUSAL_LM")),
    # Windows that the prefix is a part of.
    "prefix-mistral": ("families/mistral", PrefixTuningConfig(num_virtual_tokens=4, task_type="CAUSAL_LM")),
    "prefix-gemma2": ("families/gemma2", PrefixTuningConfig(num_virtual_tokens=4, task_type="CAUSAL_LM")),
    # Saved as what the projection gave.
    "prefix-projected": ("llama-tiny", PrefixTuningConfig(num_virtual_tokens=5, prefix_projection=True,
                                                          encoder_hidden_size=8, task_type="CAUSAL_LM")),
}
# Of LoRA+: folder: the ratio of the rates.
RATIOS = {"lora-plus": 4.0, "dora-plus": 4.0}


def base_of(name):
    """(a fresh model, rows to compare, batches to train on)."""
    if name == "llama-tiny":
        rows = json.loads((FIXTURES / "llama-tiny/batch.json").read_text())
        steps = json.loads((FIXTURES / "llama-tiny/training.json").read_text())["batches"]
        folder = FIXTURES / "llama-tiny/base"
    else:
        reference = json.loads((FIXTURES / name / "reference.json").read_text())
        rows, steps, folder = reference["rows"], reference["batches"], FIXTURES / name
    model = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)
    return model.eval(), rows, steps[:STEPS]


def trainable(adapted):
    """{PEFT's name in the file: parameter}."""
    if adapted.active_peft_config.is_prompt_learning:
        return {"prompt_embeddings": adapted.prompt_encoder["default"].embedding.weight}
    by_storage = {parameter.data_ptr(): parameter for parameter in adapted.parameters() if parameter.requires_grad}
    return {name: by_storage[tensor.data_ptr()] for name, tensor in get_peft_model_state_dict(adapted).items()}


def disturb(parameters):
    """Values that training could have led to: B is not zero, magnitudes and factors are not what they began as."""
    generator = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for name, parameter in sorted(parameters.items()):
            noise = torch.randn(parameter.shape, generator=generator)
            if "lora_A" in name:
                parameter.copy_(0.5 / parameter.shape[1] ** 0.5 * noise)
            elif "lora_B" in name:
                parameter.copy_(0.1 * noise)
            elif "beft_bias" in name or "lora_E" in name:
                parameter.copy_(0.1 * noise)
            else:
                parameter.mul_(1 + 0.1 * noise)


class BehindPrompt(torch.nn.Module):
    """An adapted model that answers for the text's own tokens: prompt tuning answers for its virtual tokens too."""

    def __init__(self, adapted):
        super().__init__()
        self.adapted = adapted
        config = adapted.active_peft_config
        self.rows = config.num_virtual_tokens if config.peft_type == "PROMPT_TUNING" else 0

    def forward(self, ids):
        return types.SimpleNamespace(logits=self.adapted(ids).logits[:, self.rows :])


def optimizer_of(answering, parameters, ratio):
    if ratio is None:
        return torch.optim.AdamW(parameters, **training.OPTIMIZER)
    settings = dict(training.OPTIMIZER)
    decay = settings.pop("weight_decay")
    return create_loraplus_optimizer(answering.adapted, torch.optim.AdamW, loraplus_lr_ratio=ratio, loraplus_weight_decay=decay,
                                     **settings)


def train(answering, parameters, steps, ratio=None):
    optimizer = optimizer_of(answering, parameters, ratio)
    schedule = training.get_linear_schedule_with_warmup(optimizer, training.WARMUP_STEPS, len(steps))
    losses = []
    config = answering.adapted.active_peft_config
    allocates = config.peft_type == "ADALORA" and config.rank_pattern is None
    for step, batch in enumerate(steps, 1):
        optimizer.zero_grad(set_to_none=True)
        loss = batches.mean_loss(answering, batch)
        if allocates:
            loss = loss + orthogonality(answering.adapted, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, training.MAX_GRAD_NORM)
        losses.append(loss.item())
        optimizer.step()
        if allocates:
            answering.adapted.base_model.update_and_allocate(step)
        schedule.step()
    return losses


def orthogonality(adapted, batch):
    """What PEFT adds to a loss: the one that it answers, less the model's own."""
    ids = torch.tensor([batch[0]["ids"]])
    return adapted(ids, labels=ids).loss - adapted.base_model.model(ids, labels=ids).loss


def projected(base, config, folder):
    """A prefix that PEFT trained with its projection, as it saves it, and the same as a prefix without one."""
    adapted = get_peft_model(base_of(base)[0], copy.deepcopy(config))
    adapted.peft_config["default"].base_model_name_or_path = base
    adapted.save_pretrained(folder)
    saved = load_file(folder / "adapter_model.safetensors")["prompt_embeddings"]
    plain = get_peft_model(base_of(base)[0], PrefixTuningConfig(num_virtual_tokens=config.num_virtual_tokens,
                                                                 task_type="CAUSAL_LM"))
    with torch.no_grad():
        plain.prompt_encoder["default"].embedding.weight.copy_(saved)
    return plain


def write(name, base, config):
    folder = FOLDER / name
    torch.manual_seed(SEED)
    model, rows, steps = base_of(base)
    has_projection = getattr(config, "prefix_projection", False)
    adapted = projected(base, config, folder) if has_projection else get_peft_model(model, copy.deepcopy(config)).eval()
    is_merged = not adapted.active_peft_config.is_prompt_learning
    adapted.peft_config["default"].base_model_name_or_path = base
    parameters = trainable(adapted)
    tensors = {}
    if getattr(config, "prompt_tuning_init", None) == "TEXT":
        adapted.peft_config["default"].tokenizer_name_or_path = base
        tensors["initial"] = parameters["prompt_embeddings"].detach().clone()
    if not has_projection:
        disturb(parameters)
    # In training mode, where nothing is cached; nothing drops.
    adapted.train()
    if not has_projection:
        adapted.save_pretrained(folder)
    (folder / "README.md").unlink()
    answering = BehindPrompt(adapted)
    with torch.no_grad():
        tensors["logits"] = batches.logits(answering, rows)
    batches.mean_loss(answering, rows).backward()
    for key, parameter in parameters.items():
        tensors[f"gradient.{key}"] = parameter.grad.clone()
    if is_merged:
        with torch.no_grad():
            tensors["merged_logits"] = batches.logits(copy.deepcopy(adapted).merge_and_unload().eval(), rows)
    losses = train(answering, list(parameters.values()), steps, RATIOS.get(name))
    if config.peft_type == "ADALORA":
        for key, parameter in parameters.items():
            tensors[f"trained.{key}"] = parameter.detach().clone()
    finish(name, base, tensors, losses)
    if name == "adalora":
        write_pruned(base, adapted, rows, steps)


def write_pruned(base, adapted, rows, steps):
    """What PEFT saves after a whole schedule: the ranks that were kept, and which they were."""
    folder = FOLDER / "adalora-pruned"
    shutil.rmtree(folder, ignore_errors=True)
    adapted.save_pretrained(folder)
    (folder / "README.md").unlink()
    answering = BehindPrompt(PeftModel.from_pretrained(base_of(base)[0], folder, is_trainable=True))
    parameters = trainable(answering.adapted)
    tensors = {}
    with torch.no_grad():
        tensors["logits"] = batches.logits(answering, rows)
    batches.mean_loss(answering, rows).backward()
    for key, parameter in parameters.items():
        tensors[f"gradient.{key}"] = parameter.grad.clone()
    with torch.no_grad():
        tensors["merged_logits"] = batches.logits(copy.deepcopy(answering.adapted).merge_and_unload().eval(), rows)
    finish("adalora-pruned", base, tensors, train(answering, list(parameters.values()), steps))


def finish(name, base, tensors, losses):
    """Writes PEFT's values, or PyTorch's, of an adapter whose files are there."""
    folder = FOLDER / name
    save_file({key: value.detach().float().contiguous() for key, value in tensors.items()},
              folder / "reference.safetensors", metadata={"format": "pt"})
    document = {"base": base, "losses": losses} | ({"lora_plus_ratio": RATIOS[name]} if name in RATIOS else {})
    (folder / "reference.json").write_text(json.dumps(document) + "\n")
    difference = (tensors["logits"] - tensors.get("merged_logits", tensors["logits"])).abs().max().item()
    print(f"{name}: losses {losses[0]:.4f} to {losses[-1]:.4f}, merge {difference:.1e}")
    assert difference < 1e-3, name


def main():
    warnings.simplefilter("ignore")
    logging.disable_progress_bar()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for name in sys.argv[1:] or CASES:
        base, config = CASES[name]
        shutil.rmtree(FOLDER / name, ignore_errors=True)
        write(name, base, config)
    for path in FOLDER.rglob("*.safetensors"):
        path.chmod(0o644)


if __name__ == "__main__":
    main()
