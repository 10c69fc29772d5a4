# The two commands a newcomer needs are `make demo` and `make test`; both do all their own set-up. `make help` lists all.

.DEFAULT_GOAL := build
SWIFT ?= swift
PREFIX ?= /usr/local
LORAD = .build/release/lorad
BASE = bases/SmolLM2-135M-Instruct.Q4_1.gguf

.PHONY: build help demo test install deb peers bench bench-rows fuzz sanitize lint tools fetch clean

help:
	@echo "make            build .build/release/lorad"
	@echo "make demo       from nothing to a proven adapter and its report"
	@echo "make test       every test, set-up included: what CI runs"
	@echo "make install    install lorad and its completions below PREFIX ($(PREFIX)), DESTDIR before it"
	@echo "make deb        a Debian package, the Swift runtime linked in, in dist/"
	@echo "make bench      lorad beside PEFT under each variant of the kernels; BENCH=\"--quick\""
	@echo "make bench-rows a million rows, read once and found again, under bars on memory and time"
	@echo "make peers      llama.cpp's tests of tokenizers, real models' chat templates"
	@echo "make fuzz       every reader of foreign bytes, TIME seconds each ($(TIME))"
	@echo "make sanitize   tests under the sanitizers of addresses, threads and undefined behaviour"
	@echo "make lint       style, circles of folders, pictures"
	@echo "make clean      remove what was built"

# From nothing to a proven adapter and its report.
demo: tools fetch
	$(SWIFT) build -c release --product lorad
	scripts/demo $(LORAD)

# Everything is compiled once, in the mode that is shipped.
test: tools fetch lint
	$(SWIFT) build -c release --build-tests
	scripts/run-tests
	scripts/test-variants

# llama.cpp's own tests of tokenizers, and the chat templates of seventy models, run over lorad's.
peers: tools
	scripts/fetch vocabularies templates
	$(SWIFT) build -c release --build-tests
	scripts/run-tests --filter "PeerVocabularyTests|PeerTemplateTests|PeerMaskTests|PeerConversationJobTests"

# lorad beside PEFT under each variant of the kernels, tables into Benchmarks/results/; BENCH="--only scaling" measures a
# part, BENCH="--kernels x86-64-v3" one variant.
bench: tools fetch
	scripts/install-tools libdnnl-dev
	Benchmarks/every-variant $(BENCH)

# A million rows, read and tokenized in one run and found as tokens in the next, under bars on memory and time.
bench-rows: build
	Benchmarks/rows
	Benchmarks/rows --labelled

# libFuzzer over every reader of foreign bytes: TIME seconds a target; see Fuzz/README.md.
TIME ?= 60
fuzz: tools
	scripts/fuzz --seconds $(TIME)

# The tests of unsafe memory, arithmetic and threads under the sanitizers.
sanitize: tools
	scripts/sanitize

build: tools
	$(SWIFT) build -c release --product lorad

# The program of this checkout: it needs the Swift runtime where it was built. `make deb` makes one that does not.
install: build
	install -D -m 755 $(LORAD) $(DESTDIR)$(PREFIX)/bin/lorad
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	$(LORAD) --generate-completion-script bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/lorad
	$(LORAD) --generate-completion-script zsh >$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_lorad
	$(LORAD) --generate-completion-script fish >$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/lorad.fish

deb: tools
	scripts/package-deb

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
	rm -rf .build .build-bench .build-deb .build-fuzz .build-address .build-thread .build-undefined dist
