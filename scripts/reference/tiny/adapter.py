"""LoRA adapters on the tiny model: made, and saved, by PEFT."""

import torch
from peft import LoraConfig, get_peft_model

ALL_LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
QUERY_VALUE = ["q_proj", "v_proj"]


def attach(model, targets, seed, base="llama-tiny"):
    """Rank 4, alpha 8, no dropout. B is random, not zero, so that the adapter changes every logit."""
    config = LoraConfig(
        r=4,
        lora_alpha=8,
        lora_dropout=0.0,
        target_modules=targets,
        bias="none",
        task_type="CAUSAL_LM",
    )
    adapted = get_peft_model(model, config)
    # PEFT sets this to the folder that the model was loaded from; this one came from none.
    adapted.peft_config["default"].base_model_name_or_path = base
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(factors(adapted).items()):
            noise = torch.randn(parameter.shape, generator=generator)
            scale = 0.1 if name.endswith("lora_B") else 0.5 / parameter.shape[1] ** 0.5
            parameter.copy_(scale * noise)
    return adapted.eval()


def factors(adapted):
    """{"model.layers.0.self_attn.q_proj.lora_A": parameter, …}: the module's path in the base, then A or B."""
    return {
        name.removeprefix("base_model.model.").removesuffix(".default.weight"): parameter
        for name, parameter in adapted.named_parameters()
        if "lora_" in name
    }
