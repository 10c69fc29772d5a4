"""Loads what `lorad export` writes in llama.cpp, and what `peft` and `merged` are in PEFT and transformers.

usage: python scripts/reference/exported_servers.py LORAD BASE.gguf ADAPTER_FOLDER [PROMPT …]

Needs xllamacpp (llama.cpp as a wheel of PyPI) for the GGUF forms, torch, transformers and peft for the others; what is not
installed is left out and said to be. `lorad generate` on base and adapter is the reference: how many of the prompts each
form continues with the same greedy text is counted; where texts part, so is what lorad itself writes on that file, and the
first near tie of llama.cpp's two likeliest tokens on the way is told.
llama.cpp rounds what it multiplies with weights in blocks to 8 bits, so that texts part at near ties where the base is in
blocks. For GGUF forms the mean KL of llama.cpp's next-token distributions along the text is stated, against its F32 merge,
over the likeliest tokens; of a form that rounds little it has a bound.
Writes the figures to scripts/reference/exported_servers.json and fails where one is out of bounds.
"""

import importlib.metadata
import importlib.util
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEW_TOKENS = 8
LIKELIEST = 2000
PROMPTS = ["Review: a gripping, beautifully acted film\nSentiment:", "Review: two hours of my life, gone\nSentiment:",
           "The capital of France is", "Once upon a time"]
TYPES = ["F32", "F16", "Q8_0", "Q6_K", "Q4_K", "Q4_0"]
EXACT = {"gguf F32", "gguf F16", "gguf Q8_0", "gguf-lora"}
BOUND = 0.02


def run(lorad, *words):
    return json.loads(subprocess.run([lorad, *map(str, words), "--json"], check=True, capture_output=True, text=True).stdout)


def export(lorad, base, adapter, target, output, *more):
    return run(lorad, "export", adapter, "--base", base, "--to", target, "--output", output, *more)


def reference(lorad, base, adapter, prompts):
    """Token ids of each prompt and the greedy text after it."""
    rows = []
    for prompt in prompts:
        answer = run(lorad, "generate", "--base", base, "--adapter", adapter, "--prompt", prompt,
                     "--max-new-tokens", NEW_TOKENS)
        rows.append({"prompt": prompt, "ids": answer["prompt_ids"], "text": answer["text"]})
    return rows


def llama_cpp(model, adapter, rows):
    """The greedy texts, and of each the next-token distributions along it."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(model)
    parameters.n_ctx, parameters.n_parallel, parameters.warmup, parameters.verbosity = 256, 1, False, 0
    if adapter:
        info = xllamacpp.CommonAdapterLoraInfo()
        info.path, info.scale = str(adapter), 1.0
        parameters.lora_adapters = [info]
    server = xllamacpp.Server(parameters)
    texts, distributions = [], []
    for row in rows:
        answer = server.handle_completions({
            "prompt": row["ids"], "n_predict": NEW_TOKENS, "temperature": 0, "n_probs": LIKELIEST, "cache_prompt": False})
        choice = answer["choices"][0]
        texts.append(choice["text"])
        distributions.append([
            {token["id"]: token["logprob"] for token in place["top_logprobs"]} for place in choice["logprobs"]["content"]])
    return texts, distributions


def mean_kl(reference, other):
    """Over the places up to which both fed the same tokens: the first of each text always, more where texts agree."""
    sums = []
    for ours, theirs in zip(reference, other):
        for p, q in zip(ours, theirs):
            sums.append(sum(math.exp(a) * (a - q[token]) for token, a in p.items() if token in q and a > -50))
            if max(p, key=p.get) != max(q, key=q.get):
                break
    return sum(sums) / len(sums)


def parting(distributions, wanted, text):
    """A text that is another, and the first place on its way where the two likeliest tokens are under half a nat apart."""
    for place, tokens in enumerate(distributions):
        first, second = sorted(tokens.values(), reverse=True)[:2]
        if first - second < 0.5:
            return {"wanted": wanted, "text": text, "nearest_tie_at": place, "nats": first - second}
    return {"wanted": wanted, "text": text}


def transformers_text(folder, adapter, rows):
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    network = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    if adapter:
        from peft import PeftModel

        network = PeftModel.from_pretrained(network, adapter)
    words = AutoTokenizer.from_pretrained(folder)
    texts = []
    for row in rows:
        ids = network.generate(
            input_ids=torch.tensor([row["ids"]]), attention_mask=torch.ones(1, len(row["ids"]), dtype=torch.long),
            max_new_tokens=NEW_TOKENS, do_sample=False)
        texts.append(words.decode(ids[0, len(row["ids"]):], skip_special_tokens=True))
    return texts


def main():
    lorad, base, adapter = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve()
    rows = reference(lorad, base, adapter, sys.argv[4:] or PROMPTS)
    wanted = [row["text"] for row in rows]
    results, failed, missing = [], [], []

    def compare(form, server, texts, distributions=None, file=None, **facts):
        same = sum(a == b for a, b in zip(texts, wanted))
        begun = sum(a.split(" ")[:2] == b.split(" ")[:2] for a, b in zip(texts, wanted))
        others = [i for i, (a, b) in enumerate(zip(texts, wanted)) if a != b]
        if distributions and others:
            facts["parted"] = [parting(distributions[i], wanted[i], texts[i]) for i in others]
        if file and others:
            own = [run(lorad, "generate", "--base", file, "--prompt", row["prompt"], "--max-new-tokens", NEW_TOKENS)["text"]
                   for row in rows]
            facts["same_greedy_text_of_lorad"] = f"{sum(a == b for a, b in zip(own, wanted))} of {len(wanted)}"
        results.append({"form": form, "loaded_by": server, "same_greedy_text": f"{same} of {len(wanted)}",
                        "same_first_word": f"{begun} of {len(wanted)}", **facts})
        print(f"{form:18} {server:24} {same} of {len(wanted)} texts  {facts}", flush=True)
        if form in EXACT and facts["mean_kl_of_llama_cpp"] > BOUND:
            failed.append(form)

    with tempfile.TemporaryDirectory(dir=ROOT / ".build") as scratch:
        scratch = Path(scratch)
        if importlib.util.find_spec("xllamacpp"):
            server = f"llama.cpp, xllamacpp {importlib.metadata.version('xllamacpp')}"
            plain = None
            for kind in TYPES:
                facts = export(lorad, base, adapter, "gguf", scratch / kind, "--type", kind, "--max-kl", 10)
                texts, distributions = llama_cpp(facts["model"], None, rows)
                plain = plain or distributions
                loss = facts["loss"]
                compare(f"gguf {kind}", server, texts, distributions, facts["model"], mean_kl_of_llama_cpp=mean_kl(plain, distributions),
                        mean_kl_of_lorad=loss["mean_kl"], effect_kept=loss["effect_kept"], tensors=facts["tensors"])
            facts = export(lorad, base, adapter, "gguf-lora", scratch / "lora")
            texts, distributions = llama_cpp(base, facts["model"], rows)
            compare("gguf-lora", server, texts, mean_kl_of_llama_cpp=mean_kl(plain, distributions))
            export(lorad, base, adapter, "ollama", scratch / "ollama")
            folder = scratch / "ollama"
            texts, _ = llama_cpp(folder / "model.gguf", folder / "adapter.gguf", rows)
            compare("ollama's two files", server, texts)
        else:
            missing.append("xllamacpp")
        if importlib.util.find_spec("peft"):
            export(lorad, base, adapter, "merged", scratch / "merged")
            version = importlib.metadata.version
            compare("merged", f"transformers {version('transformers')}",
                    transformers_text(scratch / "merged", None, rows))
        else:
            missing.append("peft")
    print(f"not installed, and so not tried: {missing}" if missing else "everything was tried")
    document = {"base": base.name, "prompts": [row["prompt"] for row in rows], "results": results, "not_tried": missing}
    path = Path(__file__).with_suffix(".json")
    if path.exists() and missing:
        # What another environment tried stays.
        tried = {result["form"] for result in results}
        document["results"] += [r for r in json.loads(path.read_text())["results"] if r["form"] not in tried]
        document["not_tried"] = []
    path.write_text(json.dumps(document, indent=1) + "\n")
    if failed:
        sys.exit(f"further from the F32 merge than {BOUND} nats: {failed}")


if __name__ == "__main__":
    main()
