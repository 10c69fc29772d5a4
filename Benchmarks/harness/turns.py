"""Programs that take turns, a measured step or a few at a time: all are alive at once, and one computes.

A virtual machine's speed can change from one minute to the next. Whole runs of two programs may then lie in different
spells; steps that follow one another seldom do.
"""

import json
import subprocess
import tempfile
import time

from .programs import ROOT, failure, progress

READY = "ready"
# After a step a program's threads look for more work for some milliseconds before they sleep.
SECONDS_TO_SLEEP = 0.05


class Trainer:
    """One program that was given --turns. It writes `ready` before each measured step, takes the step when a line comes
    on its standard input, and writes its report as JSON after the last."""

    def __init__(self, command: list, what: str, steps: int = 1):
        """`steps` is how many it takes in a turn."""
        self.report: dict | None = None
        self._command = [str(part) for part in command] + ["--turns"]
        self._what = what
        self._steps = steps
        self._seconds = 0.0
        self._turns = 0
        self._process: subprocess.Popen | None = None
        # A file and no pipe: nobody reads while the program runs, and a full pipe would stop it.
        self._errors = tempfile.TemporaryFile("w+")

    def start(self) -> bool:
        """Starts the program; true once it waits for its first turn, false where there will be none."""
        self._process = subprocess.Popen(self._command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=self._errors, text=True)
        began = time.monotonic()
        if not self.ready():
            return False
        progress(f"{self._what}: ready after {time.monotonic() - began:.0f} s")
        return True

    def ready(self) -> bool:
        """Waits until the program asks for its next step; false where it has ended, with its report or without."""
        line = ""
        for line in self._process.stdout:
            if line.strip() == READY:
                time.sleep(SECONDS_TO_SLEEP)
                return True
        self._ended(line)
        return False

    def step(self) -> bool:
        """Lets the program take one step; true where another waits after it."""
        try:
            self._process.stdin.write("\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            # It has ended, and its output says why.
            pass
        return self.ready()

    def turn(self) -> bool:
        """As many steps as this program takes at once; true where more wait."""
        began = time.monotonic()
        self._turns += 1
        more = all(self.step() for _ in range(self._steps))
        self._seconds += time.monotonic() - began
        if self.report:
            progress(f"{self._what}: {self._seconds:.0f} s in {self._turns} turns")
        return more

    def stop(self) -> None:
        """Closes what belongs to the program; ends it where it still runs, as when the whole run is interrupted."""
        if self._process:
            if self._process.poll() is None:
                self._process.kill()
            self._process.communicate()
        self._errors.close()

    def _ended(self, last_line: str) -> None:
        """Takes the report, or says why there is none."""
        if self._process.wait() == 0:
            self.report = json.loads(last_line)
            return
        self._errors.seek(0)
        progress(f"{self._what}: not measured ({failure(self._errors.read())})")


def take_turns(trainers: dict[str, Trainer]) -> dict[str, dict | None]:
    """Starts each program once the one before waits, then lets them take turns in their order until all have ended.

    Returns the reports; nothing for a program that failed, while the others go on.
    """
    try:
        waiting = [trainer for trainer in trainers.values() if trainer.start()]
        while waiting:
            waiting = [trainer for trainer in waiting if trainer.turn()]
    finally:
        for trainer in trainers.values():
            trainer.stop()
    return {name: trainer.report for name, trainer in trainers.items()}
