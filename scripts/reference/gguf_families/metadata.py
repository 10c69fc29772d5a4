"""Metadata under llama.cpp's keys, those that its converter writes for each architecture."""

import math

import gguf


def write(writer, architecture, config):
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    {"gpt2": gpt2, "bert": bert, "phi3": phi3, "gemma": gemma, "gemma2": gemma2,
     "gemma3": gemma3, "llama": llama}.get(architecture, qwen)(writer, config)


def shape(writer, config):
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)


def decoder(writer, config):
    shape(writer, config)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)


def head_dim(writer, config):
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)


def qwen(writer, config):
    """qwen2 and qwen3. Only qwen3's config.json has a head_dim."""
    decoder(writer, config)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    if config.model_type == "qwen3":
        head_dim(writer, config)


def llama(writer, config):
    """Llama 3's scaling is no metadata but a tensor, rope_freqs."""
    decoder(writer, config)
    writer.add_vocab_size(config.vocab_size)
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])


def gemma(writer, config):
    decoder(writer, config)
    head_dim(writer, config)


def gemma2(writer, config):
    """No rope.freq_base (10000 is the default), and neither pattern nor query scale: every second layer from the first on slides,
    and queries are scaled by 1/√key_length."""
    decoder(writer, config)
    head_dim(writer, config)
    writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
    writer.add_final_logit_softcapping(config.final_logit_softcapping)
    writer.add_sliding_window(config.sliding_window)


def gemma3(writer, config):
    """rope.* is that of full layers; sliding ones have base 10000 and no scaling. All but every sixth layer slide."""
    decoder(writer, config)
    head_dim(writer, config)
    full = config.rope_parameters["full_attention"]
    writer.add_rope_freq_base(full["rope_theta"])
    writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
    writer.add_rope_scaling_factor(full["factor"])
    writer.add_sliding_window(config.sliding_window)


def phi3(writer, config):
    decoder(writer, config)
    writer.add_rope_scaling_orig_ctx_len(config.original_max_position_embeddings)
    writer.add_rope_dimension_count(config.hidden_size // config.num_attention_heads)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_sliding_window(config.sliding_window or 0)
    if config.rope_parameters["rope_type"] == "longrope":
        original = config.original_max_position_embeddings
        scale = config.max_position_embeddings / original
        writer.add_rope_scaling_attn_factors(math.sqrt(1 + math.log(scale) / math.log(original)))


def gpt2(writer, config):
    writer.add_block_count(config.n_layer)
    writer.add_context_length(config.n_ctx if hasattr(config, "n_ctx") else config.n_positions)
    writer.add_embedding_length(config.n_embd)
    writer.add_feed_forward_length(4 * config.n_embd)
    writer.add_head_count(config.n_head)
    writer.add_layer_norm_eps(config.layer_norm_epsilon)


def bert(writer, config):
    shape(writer, config)
    writer.add_layer_norm_eps(config.layer_norm_eps)
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_token_type_count(config.type_vocab_size)
