"""DeBERTa's cases, the first version and the second (whose type v3's checkpoints have)."""

import transformers

V2 = ["query_proj", "key_proj", "value_proj", "dense"]
POSITIONS = ["pos_key_proj", "pos_query_proj"]
V1 = ["in_proj", "pos_proj", "pos_q_proj", "dense"]
NARROW = ["embed_proj"]
ABSOLUTE = dict(relative_attention=False, pos_att_type=None, position_biased_input=True, num_hidden_layers=1)
# Tables narrower than the layers, token types, absolute positions beside the relative ones.
ALL_EMBEDDINGS = dict(position_biased_input=True, type_vocab_size=2, embedding_size=16)


def cases(sizes):
    common = sizes | dict(
        max_position_embeddings=64, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, pad_token_id=0,
        relative_attention=True, pos_att_type="c2p|p2c", position_biased_input=False, type_vocab_size=0)
    # The shape of deberta-v3's checkpoints.
    shared = dict(position_buckets=8, share_att_key=True, norm_rel_ebd="layer_norm")

    def first(**changes):
        return transformers.DebertaConfig(**(common | changes))

    def second(**changes):
        return transformers.DebertaV2Config(**(common | shared | changes))

    return {
        # Logarithmic buckets; the content's projections are the positions' too, so their adapters act on both.
        "deberta-v3": (second(), 3, "classifier", V2, ["pooler"]),
        "deberta-v3-encoder": (second(), 2, "encoder", ["query_proj", "value_proj"], ["pooler"]),
        # A grouped convolution beside the first layer.
        "deberta-v2-convolution": (
            second(conv_kernel_size=3, conv_act="gelu", conv_groups=2, pooler_hidden_act="tanh"), 2, "classifier",
            "all-linear", ["pooler"]),
        # Distances past the table's end, no buckets; every projection of positions by itself.
        "deberta-v2-regression": (
            second(share_att_key=False, position_buckets=-1, max_relative_positions=12, norm_rel_ebd="none",
                   conv_kernel_size=5, conv_act="tanh", **ALL_EMBEDDINGS), 1, "classifier", V2 + POSITIONS + NARROW, ["pooler"]),
        "deberta-v2-c2p": (
            second(pos_att_type=["c2p"], share_att_key=False, hidden_act="relu", num_hidden_layers=1), 2, "classifier",
            ["pos_key_proj", "attention.output.dense"], ["pooler"]),
        # Positions are queries alone, and the adapter acts on them and on the content.
        "deberta-v2-p2c": (
            second(pos_att_type=["p2c"], position_buckets=10, num_hidden_layers=1), 2, "classifier", ["query_proj"],
            ["pooler"]),
        "deberta-v2-absolute": (second(norm_rel_ebd="none", **ABSOLUTE), 2, "classifier", V2, ["pooler"]),
        # The buckets of the published checkpoints, and their number of heads, on hundreds of tokens.
        "deberta-v2-long": (
            second(hidden_size=48, num_attention_heads=12, intermediate_size=32, position_buckets=256,
                   max_position_embeddings=512, num_hidden_layers=1), 3, "classifier", V2, ["pooler"]),
        "deberta": (first(), 3, "classifier", V1, ["pooler"]),
        "deberta-encoder": (first(), 2, "encoder", ["in_proj"], ["pooler"]),
        # p2p only widens the scale.
        "deberta-regression": (
            first(max_relative_positions=10, pos_att_type="c2p|p2c|p2p", **ALL_EMBEDDINGS), 1, "classifier", V1 + NARROW,
            ["pooler"]),
        "deberta-c2p": (
            first(pos_att_type=["c2p"], num_hidden_layers=1), 2, "classifier", ["in_proj", "pos_proj"], ["pooler"]),
        "deberta-absolute": (first(**ABSOLUTE), 2, "classifier", ["in_proj", "dense"], ["pooler"]),
    }


LONGEST = {"deberta-v2-long": 330}


def every_logits(model, inputs):
    """The head on every token's row as if the row were pooled by it: checks the whole of the last layer's output."""
    hidden = model.deberta(**inputs).last_hidden_state[0]
    return model.classifier(model.pooler(hidden[:, None]))
