"""Tensors under llama.cpp's names and in its layouts."""

import gguf
import numpy as np

CONV1D = ("attn.c_attn.weight", "attn.c_proj.weight", "mlp.c_fc.weight", "mlp.c_proj.weight")


def rope_freqs(config):
    """What llama.cpp divides each frequency by, from Llama 3's settings: 1 for short wavelengths, `factor` for long ones."""
    rope = config.rope_parameters
    frequencies = rope["rope_theta"] ** -(np.arange(0, config.head_dim, 2, dtype=np.float32) / config.head_dim)
    turns = rope["original_max_position_embeddings"] * frequencies / (2 * np.pi)
    low, high, factor = rope["low_freq_factor"], rope["high_freq_factor"], rope["factor"]
    smooth = (turns - low) / (high - low)
    between = 1 / ((1 - smooth) / factor + smooth)
    return np.where(turns > high, 1, np.where(turns < low, factor, between)).astype(np.float32)


def rotary_pairs(array, heads):
    """llama.cpp's order of a llama's q and k rows: the two halves of a head alternate."""
    halves = array.reshape(heads, 2, array.shape[0] // heads // 2, *array.shape[1:])
    return halves.swapaxes(1, 2).reshape(array.shape)


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
        if architecture == "llama" and name.endswith(("q_proj.weight", "k_proj.weight")):
            is_key = name.endswith("k_proj.weight")
            array = rotary_pairs(array, model.config.num_key_value_heads if is_key else model.config.num_attention_heads)
        found = names.get_name(name, try_suffixes=(".weight", ".bias"))
        assert found, f"{architecture} has no name for {name}"
        tensors[found] = np.ascontiguousarray(array)
    if model.config.model_type == "phi3" and model.config.rope_parameters["rope_type"] == "longrope":
        for which in ("long", "short"):
            factors = model.config.rope_parameters[f"{which}_factor"]
            tensors[f"rope_factors_{which}.weight"] = np.array(factors, np.float32)
    if model.config.model_type == "llama" and model.config.rope_parameters["rope_type"] == "llama3":
        tensors["rope_freqs.weight"] = rope_freqs(model.config)
    return tensors
