# The two commands a newcomer needs are `make demo` and `make test`; both do all their own set-up.

SWIFT ?= swift
LORAD = .build/release/lorad
BASE = bases/SmolLM2-135M-Instruct.Q4_1.gguf

.PHONY: build demo test peers bench fuzz sanitize lint tools fetch clean

# From nothing to a proven adapter and its report.
demo: tools fetch
	$(SWIFT) build -c release --product lorad
	scripts/demo $(LORAD)

# Everything is compiled once, in the mode that is shipped.
test: tools fetch lint
	$(SWIFT) build -c release --build-tests
	$(SWIFT) test -c release --skip-build
	scripts/test-variants

# llama.cpp's own tests of tokenizers, and the chat templates of seventy models, run over lorad's.
peers: tools
	scripts/fetch vocabularies templates
	$(SWIFT) build -c release --build-tests
	$(SWIFT) test -c release --skip-build --filter "PeerVocabularyTests|PeerTemplateTests"

# lorad beside PEFT under each variant of the kernels, tables into Benchmarks/results/; BENCH="--only scaling" measures a
# part, BENCH="--kernels x86-64-v3" one variant.
bench: tools fetch
	scripts/install-tools libdnnl-dev
	Benchmarks/every-variant $(BENCH)

# libFuzzer over every reader of foreign bytes: TIME seconds a target; see Fuzz/README.md.
TIME ?= 60
fuzz: tools
	scripts/fuzz --seconds $(TIME)

# The tests of unsafe memory, arithmetic and threads under the sanitizers.
sanitize: tools
	scripts/sanitize

build: tools
	$(SWIFT) build -c release --product lorad

# Style; folders in a circle, in the targets that scripts/folder-arrows lists; and pictures as their script draws them.
lint:
	$(SWIFT) format lint --strict -r Package.swift Sources Tests Benchmarks Fuzz
	scripts/folder-arrows --self-test
	scripts/folder-arrows
	scripts/pictures --check

# Debian packages, only those that are missing.
tools:
	scripts/install-tools

# The base and the data of the demo, by pinned hash; nothing is fetched twice.
fetch: tools
	scripts/fetch

clean:
	rm -rf .build .build-bench .build-fuzz .build-address .build-thread .build-undefined
