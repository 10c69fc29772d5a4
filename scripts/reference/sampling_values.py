"""Writes Tests/Fixtures/sampling/nucleus.json: which tokens transformers' TemperatureLogitsWarper and TopPLogitsWarper leave
to be drawn, and with which probabilities, in float64.

Run: python scripts/reference/sampling_values.py   (the versions in requirements.txt)
"""
import json
import pathlib

import torch
import transformers
from transformers.generation.logits_process import TemperatureLogitsWarper, TopPLogitsWarper

torch.manual_seed(20261130)
cases = []
for size in (3, 40):
    logits = (torch.randn(size) * 3).float()
    for temperature in (0.3, 1.0, 1.7):
        for top_p in (0.01, 0.5, 0.9, 1.0):
            scores = TemperatureLogitsWarper(temperature)(None, logits.double()[None])
            if top_p < 1:
                scores = TopPLogitsWarper(top_p)(None, scores)
            # Before the kept ones are made to sum to one again: shares of all.
            shares = torch.softmax(logits.double() / temperature, -1)
            kept = [i for i in range(size) if scores[0, i] != -float("inf")]
            kept.sort(key=lambda i: (-shares[i].item(), i))
            cases.append({"logits": logits.tolist(), "temperature": temperature, "top_p": top_p, "ids": kept,
                          "shares": [shares[i].item() for i in kept]})
folder = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "sampling"
folder.mkdir(exist_ok=True)
(folder / "nucleus.json").write_text(json.dumps({"transformers": transformers.__version__, "cases": cases}) + "\n")
