"""gpt2: learned positions, LayerNorm, weights stored transposed (Conv1D), fused c_attn, tied head."""

from common import VOCABULARY_SIZE, Case
from transformers import GPT2Config


def config(**changes):
    values = dict(
        vocab_size=VOCABULARY_SIZE,
        n_embd=24,
        n_layer=2,
        n_head=4,
        n_positions=64,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=0,
        eos_token_id=0,
    )
    return GPT2Config(**(values | changes))


CASES = [
    Case("gpt2", "Conv1D weights, one A and B over the whole of c_attn, tied head", config(), ["c_attn"]),
    Case(
        "gpt2-variants",
        "scale_attn_by_inverse_layer_idx, an n_inner of its own, erf GELU, a head of its own, shards",
        config(
            scale_attn_by_inverse_layer_idx=True,
            n_inner=40,
            activation_function="gelu",
            tie_word_embeddings=False,
        ),
        ["c_attn", "c_proj"],
        shards="20KB",
    ),
]
