"""Gradients and twenty optimizer steps."""

import torch
from transformers import (
    get_constant_schedule_with_warmup,
    get_cosine_schedule_with_warmup,
    get_linear_schedule_with_warmup,
)

from .adapter import factors
from .batches import mean_loss

STEPS, WARMUP_STEPS = 20, 2
OPTIMIZER = dict(lr=5e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
MAX_GRAD_NORM = 1.0


def gradients(adapted, batch):
    """{name of A or B: d mean_loss / d factor}."""
    adapted.zero_grad(set_to_none=True)
    mean_loss(adapted, batch).backward()
    return {name: parameter.grad.clone() for name, parameter in factors(adapted).items()}


def train(adapted, batches):
    """Trains the adapter in place. Per step: loss before the update, gradient norm before clipping, rate."""
    parameters = list(factors(adapted).values())
    optimizer = torch.optim.AdamW(parameters, **OPTIMIZER)
    scheduler = get_linear_schedule_with_warmup(optimizer, WARMUP_STEPS, len(batches))
    history = {"loss": [], "grad_norm": [], "learning_rate": []}
    for batch in batches:
        optimizer.zero_grad(set_to_none=True)
        loss = mean_loss(adapted, batch)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(parameters, MAX_GRAD_NORM)
        history["loss"].append(loss.item())
        history["grad_norm"].append(norm.item())
        history["learning_rate"].append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return history


def schedules():
    """The rate of every step under each schedule, as transformers computes it."""
    cases = [(20, 2), (10, 0), (7, 7), (150, 9)]
    found = []
    for steps, warmup in cases:
        for name, make in (
            ("linear", lambda o: get_linear_schedule_with_warmup(o, warmup, steps)),
            ("cosine", lambda o: get_cosine_schedule_with_warmup(o, warmup, steps)),
            ("constant", lambda o: get_constant_schedule_with_warmup(o, warmup)),
        ):
            optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=2e-4)
            scheduler = make(optimizer)
            rates = []
            for _ in range(steps):
                rates.append(optimizer.param_groups[0]["lr"])
                optimizer.step()
                scheduler.step()
            found.append(
                {
                    "schedule": name,
                    "steps": steps,
                    "warmup_steps": warmup,
                    "learning_rate": 2e-4,
                    "rates": rates,
                }
            )
    return found
