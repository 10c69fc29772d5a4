"""lorad's tokenizers beside the tokenizers library, in turns, each on one thread, by CPU time.

    python3 Benchmarks/tokenizers/tokenizers_speed.py --program .build-bench/release/TokenizerBenchmark [FOLDER …]

Prints one line of JSON. Without folders: the small trained tokenizers of Tests/Fixtures/tokenizers-trained. The text is
the demo's. `Benchmarks/run.py --only tokenizers` makes the table.
"""

import argparse
import json
import os
import pathlib
import subprocess
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

import tokenizers  # noqa: E402  (reads the environment)

ROOT = pathlib.Path(__file__).resolve().parents[2]


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / ".build-bench/release/TokenizerBenchmark"))
    parser.add_argument("--rows", default=str(ROOT / "data/sentiment/train.jsonl"))
    parser.add_argument("--rounds", type=int, default=2, help="turns of each program")
    parser.add_argument("--passes", type=int, default=5, help="passes over all rows in a turn")
    parser.add_argument("folders", nargs="*")
    return parser.parse_args()


def lorad(folder, arguments):
    """Seconds of a first pass and of the fastest later one, and the tokens; in a process of its own."""
    command = [arguments.program, "--rows", arguments.rows, "--passes", str(arguments.passes), folder]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def library(tokenizer, texts, passes):
    """Seconds of the fastest pass after a first one, and the tokens. encode_batch_fast leaves out the offsets."""
    encode = getattr(tokenizer, "encode_batch_fast", tokenizer.encode_batch)
    seconds = []
    for _ in range(passes + 1):
        start = time.process_time()
        encoded = encode(texts, add_special_tokens=False)
        seconds.append(time.process_time() - start)
    return min(seconds[1:]), sum(len(row.ids) for row in encoded)


def measured(folder, texts, arguments):
    tokenizer = tokenizers.Tokenizer.from_file(str(pathlib.Path(folder) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    ours, theirs = [], []
    for _ in range(arguments.rounds):
        ours.append(lorad(folder, arguments))
        seconds, tokens = library(tokenizer, texts, arguments.passes)
        theirs.append(seconds)
    assert tokens == ours[0]["tokens"], f"{folder}: {ours[0]['tokens']} tokens, the library has {tokens}"
    return {
        "name": pathlib.Path(folder).name, "bytes": ours[0]["bytes"], "tokens": tokens,
        "lorad_first_seconds": min(turn["first_seconds"] for turn in ours),
        "lorad_seconds": min(turn["seconds"] for turn in ours), "library_seconds": min(theirs),
    }


def main():
    arguments = options()
    trained = (ROOT / "Tests/Fixtures/tokenizers-trained").glob("*/tokenizer.json")
    folders = arguments.folders or sorted(str(file.parent) for file in trained)
    with open(arguments.rows, encoding="utf-8") as file:
        texts = [json.loads(line)["prompt"] for line in file]
    print(json.dumps({
        "version": tokenizers.__version__, "rows": len(texts),
        "tokenizers": [measured(folder, texts, arguments) for folder in folders]}))


if __name__ == "__main__":
    main()
