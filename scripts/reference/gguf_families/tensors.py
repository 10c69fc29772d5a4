"""Tensors under llama.cpp's names and in its layouts."""

import gguf
import numpy as np

CONV1D = ("attn.c_attn.weight", "attn.c_proj.weight", "mlp.c_fc.weight", "mlp.c_proj.weight")


def converted(architecture, model):
    """GGUF name to float32 array; names are mapped by the gguf package, which llama.cpp's converter uses."""
    architectures = {name: number for number, name in gguf.MODEL_ARCH_NAMES.items()}
    names = gguf.get_tensor_name_map(architectures[architecture], model.config.num_hidden_layers)
    tensors = {}
    for name, tensor in sorted(model.state_dict().items()):
        if name == "lm_head.weight" and model.config.tie_word_embeddings:
            continue
        array = tensor.float().numpy()
        if architecture.startswith("gemma") and name.endswith("norm.weight"):
            array = array + np.float32(1)
        if architecture == "gpt2" and name.endswith(CONV1D):
            array = array.T
        found = names.get_name(name, try_suffixes=(".weight", ".bias"))
        assert found, f"{architecture} has no name for {name}"
        tensors[found] = np.ascontiguousarray(array)
    if model.config.model_type == "phi3" and model.config.rope_parameters["rope_type"] == "longrope":
        for which in ("long", "short"):
            factors = model.config.rope_parameters[f"{which}_factor"]
            tensors[f"rope_factors_{which}.weight"] = np.array(factors, np.float32)
    return tensors
