"""mistral: a sliding window in every layer."""

from common import Case, sizes
from transformers import MistralConfig

CASES = [
    Case(
        "mistral",
        "a sliding window of 4 in every layer, heads of 8 where hidden / heads is 6, a head of its own",
        MistralConfig(sliding_window=4, head_dim=8, rope_parameters={"rope_type": "default", "rope_theta": 10000.0}, **sizes()),
        ["q_proj", "v_proj"],
    ),
]
