"""opt: learned positions from 2 on, LayerNorm, ReLU; the 350m shape with norms after and narrow embeddings."""

from common import VOCABULARY_SIZE, Case
from transformers import OPTConfig


def config(**changes):
    values = dict(
        vocab_size=VOCABULARY_SIZE,
        hidden_size=24,
        ffn_dim=40,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=64,
        dropout=0.0,
        bos_token_id=0,
        eos_token_id=0,
        pad_token_id=1,
    )
    return OPTConfig(**(values | changes))


LINEAR = ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]

CASES = [
    Case("opt", "positions from 2 on, LayerNorm before each layer and at the end, biases, ReLU, tied head", config(), ["q_proj", "v_proj"], LINEAR),
    Case(
        "opt-350m",
        "do_layer_norm_before false, word_embed_proj_dim with project_in and project_out",
        config(do_layer_norm_before=False, word_embed_proj_dim=16),
        ["q_proj", "v_proj"],
        LINEAR + ["project_in", "project_out"],
    ),
    Case(
        "opt-plain",
        "enable_bias and layer_norm_elementwise_affine off, GELU, a head of its own",
        config(
            enable_bias=False,
            layer_norm_elementwise_affine=False,
            activation_function="gelu",
            tie_word_embeddings=False,
            num_hidden_layers=1,
        ),
        ["q_proj", "v_proj"],
        LINEAR,
    ),
]
