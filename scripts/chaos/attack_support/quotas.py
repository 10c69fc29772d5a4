"""Row 15: what an author who may drop manifests may take."""

import os

from bench import wait_for

from .cases import FREE_DISK, JOBS, NOBODY, SETTINGS, Target, case, require, require_root
from .limits import wide_base, wide_manifest


@case(15, "a job without progress for limits.stall_time")
def no_progress(folder):
    target = Target(folder)
    wide_base(folder / "wide")
    # Long steps and a short patience. A stopped process would not do: stopped time counts for no limit.
    text = wide_manifest(target, "job", 64).replace("batch_size: 4", "batch_size: 16, gradient_accumulation: 64")
    target.configure(SETTINGS + JOBS + "limits: {free_disk_mib: 0, stall_time: 0.02}\n", "limits.stall_time")
    target.drop("job.yaml", text)
    with target.worker():
        state = target.settled("job", 60)
    reason = (target.query("SELECT reason FROM jobs") or [("",)])[0][0] or ""
    require(state == "failed" and "stall_time" in reason, f"the job {state}: {reason}")


@case(15, "priority, rows, steps and jobs at once of another account")
def owners(folder):
    require_root()
    target = Target(folder)
    rule = 'owners: [{owner: "*", priority: 0, at_once: 1, rows: 20, steps: 1000000000}]\n'
    target.configure(SETTINGS + FREE_DISK + "jobs: {at_once: 2}\n" + rule, "owners")

    def drop(name, text):
        hidden = target.write(f"inbox/.{name}", text)
        os.chown(hidden, NOBODY, NOBODY)
        hidden.rename(folder / f"inbox/{name}.yaml")

    rows = [{"prompt": f"Review: it was good {row}", "completion": " positive"} for row in range(21)]
    target.rows("data/many.jsonl", rows)
    drop("greedy", target.manifest("greedy", extra="priority: 100\n"))
    drop("many", target.manifest("many").replace("data/train.jsonl", "data/many.jsonl"))
    for name in ["first", "second"]:
        drop(name, target.manifest(name, steps=100_000_000))
    with target.worker():
        seen = [f"{what} is {target.state(name)}" for name, what in [
            ("greedy", "a priority of 100"), ("many", "a job of 21 rows, of 20 that are allowed,")]
            if target.settled(name, 20) != "rejected"]
        wait_for(lambda: target.states().get("running") == 2, 5)
        running = target.states().get("running")
    if running != 1:
        seen.append(f"{running} jobs run at once, of 1 that is allowed")
    require(not seen, "; ".join(seen))
