"""Writes Tests/Fixtures/families from transformers and PEFT: one folder a case, a file of cases a family.

usage: python scripts/reference/families [CASE …]      (versions: ../requirements.txt; a second or two a case)

The same versions on the same machine give the same bytes; on another machine floats may differ in their last bits.
"""

import importlib
import sys
from pathlib import Path

import common


def main():
    here = Path(__file__).parent
    modules = sorted(path.stem for path in here.glob("*.py") if path.stem not in ("__main__", "common"))
    cases = [case for module in modules for case in importlib.import_module(module).CASES]
    wanted = sys.argv[1:] or [case.name for case in cases]
    unknown = set(wanted) - {case.name for case in cases}
    assert not unknown, f"no such cases: {sorted(unknown)}"
    for case in cases:
        if case.name in wanted:
            common.write(case)


if __name__ == "__main__":
    main()
