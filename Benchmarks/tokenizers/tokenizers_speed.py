"""lorad's tokenizers beside the tokenizers library, each on one thread, by CPU time.

    python3 Benchmarks/tokenizers/tokenizers_speed.py --program .build-bench/release/TokenizerBenchmark [FOLDER …]

Without folders: the small trained tokenizers of Tests/Fixtures/tokenizers-trained. The text is the demo's.
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


def library(folder, texts, passes):
    """The fastest pass in seconds of CPU time, and the tokens. encode_batch_fast leaves out the offsets."""
    tokenizer = tokenizers.Tokenizer.from_file(str(pathlib.Path(folder) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    encode = getattr(tokenizer, "encode_batch_fast", tokenizer.encode_batch)
    seconds = []
    for _ in range(passes + 1):
        start = time.process_time()
        encoded = encode(texts, add_special_tokens=False)
        seconds.append(time.process_time() - start)
    return min(seconds[1:]), sum(len(row.ids) for row in encoded)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / ".build-bench/release/TokenizerBenchmark"))
    parser.add_argument("--rows", default=str(ROOT / "data/sentiment/train.jsonl"))
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("folders", nargs="*")
    options = parser.parse_args()
    folders = options.folders or sorted(str(file.parent) for file in (ROOT / "Tests/Fixtures/tokenizers-trained").glob("*/tokenizer.json"))
    with open(options.rows, encoding="utf-8") as file:
        texts = [json.loads(line)["prompt"] for line in file]
    command = [options.program, "--rows", options.rows, "--passes", str(options.passes), *folders]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    ours = {report["tokenizer"]: report for report in map(json.loads, output.splitlines())}
    print(f"tokenizers {tokenizers.__version__}, {len(texts)} rows, {sum(len(text.encode()) for text in texts) / 1e6:.1f} MB\n")
    print("| tokenizer | lorad, first pass | lorad | tokenizers | ratio | tokens |")
    print("|---|---|---|---|---|---|")
    for folder in folders:
        report = ours[folder]
        megabytes = report["bytes"] / 1e6
        seconds, tokens = library(folder, texts, options.passes)
        assert tokens == report["tokens"], f"{folder}: {report['tokens']} tokens, the library has {tokens}"
        print(f"| {pathlib.Path(folder).name} | {megabytes / report['first_seconds']:.1f} MB/s | {megabytes / report['seconds']:.1f} MB/s "
              f"| {megabytes / seconds:.1f} MB/s | {seconds / report['seconds']:.1f} | {tokens} |")


main()
