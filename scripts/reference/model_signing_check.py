#!/usr/bin/env python3
"""Has the reference verifier (model-signing from PyPI) check a run that lorad signed, and refuse it once a byte is changed.

pip install model-signing==1.1.1 pyopenssl
scripts/reference/model_signing_check.py outbox/NAME/RUN public.pem other-public.pem
"""

import pathlib
import shutil
import sys
import tempfile

import model_signing.verifying


def verifies(run: pathlib.Path, key: pathlib.Path) -> bool:
    try:
        model_signing.verifying.Config().use_elliptic_key_verifier(public_key=key).verify(run, run / "model.sig")
        return True
    except Exception as error:  # noqa: BLE001: whatever it throws, it refuses
        print(f"    refused: {str(error).splitlines()[0][:120]}")
        return False


def main() -> int:
    run, key, other = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
    faults = 0

    def expect(what: str, wanted: bool, found: bool) -> None:
        nonlocal faults
        faults += wanted != found
        print(f"{'ok  ' if wanted == found else 'WRONG'} {what}")

    expect("the run as it was signed", True, verifies(run, key))
    expect("by another key", False, verifies(run, other))
    signed = [path.relative_to(run) for path in sorted(run.rglob("*")) if path.is_file()]
    signed = [path for path in signed if path.name not in ("model.sig", "provenance.intoto.jsonl")]
    assert len(signed) >= 8, signed
    for path in signed:
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder) / run.name
            shutil.copytree(run, copy)
            data = bytearray((copy / path).read_bytes())
            data[len(data) // 2] ^= 1
            (copy / path).write_bytes(data)
            expect(f"a byte of {path} changed", False, verifies(copy, key))
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / run.name
        shutil.copytree(run, copy)
        (copy / "more.safetensors").write_bytes(b"more")
        expect("a file more", False, verifies(copy, key))
    print(f"{faults} of {len(signed) + 3} wrong")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
