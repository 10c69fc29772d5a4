"""qwen2: biases of q, k and v; a sliding window from layer max_window_layers on."""

from common import Case, sizes
from transformers import Qwen2Config

ROPE = {"rope_type": "default", "rope_theta": 1000000.0}

CASES = [
    Case(
        "qwen2",
        "biases of q, k and v; a sliding window of 4 from layer 1 on; tied head",
        Qwen2Config(
            use_sliding_window=True,
            sliding_window=4,
            max_window_layers=1,
            tie_word_embeddings=True,
            rope_parameters=ROPE,
            **sizes(),
        ),
        ["q_proj", "v_proj"],
    ),
    Case(
        "qwen2-no-window",
        "a sliding_window that use_sliding_window leaves off; a head of its own; bfloat16-sized theta",
        Qwen2Config(
            use_sliding_window=False,
            sliding_window=4,
            max_window_layers=0,
            tie_word_embeddings=False,
            rope_parameters=ROPE,
            **sizes(num_hidden_layers=1),
        ),
        ["q_proj", "k_proj", "v_proj", "o_proj"],
    ),
]
