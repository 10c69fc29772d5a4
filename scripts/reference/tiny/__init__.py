"""The parts of llama_tiny.py: a random Llama of a few tens of thousands of weights."""
