import Manifests
import Testing

/// Nesting, anchors, duplicate keys and syntax.
@Suite("Structure") struct StructureTests {
    @Test("A duplicate key names both places")
    func duplicates() {
        #expect(
            mistakes(shortest + "adapter:\n  rank: 4\n  alpha: 8\n  rank: 8\n")
                == ["job.yaml:7:3: the key \"rank\" stands here again; it was first set at 5:3"])
        #expect(mistakes(shortest + "adapter: {\"rank\": 1, rank: 2}").count == 1)
    }

    @Test("A required section with nothing but comments in it is missing, one with defaults is not")
    func commentedOut() {
        #expect(
            mistakes("name: tiny\nbase:\n#  path: base.gguf\ndataset:\n#  train: train.jsonl\ntraining:\n#  seed: 1\n")
                == [
                    "job.yaml:1:1: base is missing: name the base model's path and sha256 (`lorad hash PATH` prints them)",
                    "job.yaml:1:1: dataset is missing: name the file of rows to train on",
                ])
    }

    @Test("An alias stands for the value of its anchor")
    func anchors() throws {
        let manifest = try load(shortest + "evaluation: {data: &d d.jsonl}\nregression: {prompts: *d}\n")
        #expect(manifest.regression.prompts == "d.jsonl")
    }

    @Test("A mistake in an aliased value is reported where the alias stands")
    func aliasPlace() {
        let found = mistakes(shortest + "adapter: {rank: &x many, alpha: *x}")
        #expect(found.map { $0.prefix(15) } == ["job.yaml:4:17: ", "job.yaml:4:33: "], "\(found)")
    }

    @Test("An alias without an anchor, or inside its own, is refused")
    func badAliases() {
        #expect(mistakes(shortest + "notify: *chat").first == "job.yaml:4:9: no anchor &chat stands before this alias")
        #expect(
            mistakes(shortest + "notify: &a [*a]").first?.contains("the alias *a stands inside the value it names")
                == true)
    }

    @Test("Billions of laughs are refused without being expanded")
    func laughs() {
        var text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for level in 1..<30 {
            let aliases = [String](repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let found = mistakes(text)
        #expect(found.count == 1 && found[0].contains("over 10000 values once its aliases are expanded"), "\(found)")
    }

    @Test("Aliases cannot nest deeper than values")
    func aliasDepth() {
        var text = "a0: &a0 [x]\n"
        for level in 1..<40 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
        let found = mistakes(text)
        #expect(found.count == 1 && found[0].contains("nested over 32 levels deep"), "\(found)")
    }

    @Test("Deep nesting is refused at the level that is too deep", arguments: ["[", "{a: ", "- ", "? "])
    func depth(opening: String) {
        let found = mistakes("a: 1\nb:\n  " + String(repeating: opening, count: 100_000))
        #expect(found.count == 1 && found[0].contains("nested over 32 levels deep"), "\(found)")
    }

    @Test("Ten thousand values are the bound")
    func nodes() {
        let found = mistakes("a: [" + String(repeating: "x,", count: 20_000) + "]")
        #expect(found.count == 1 && found[0].contains("over 10000 values"), "\(found)")
    }

    @Test("Merge keys are refused with what to use instead; a quoted << is an unknown key")
    func mergeKeys() {
        let found = mistakes(shortest + "adapter:\n  <<: {rank: 4}\n")
        #expect(found.count == 1 && found[0].hasPrefix("job.yaml:5:3: merge keys (<<) are not part of YAML 1.2"))
        #expect(mistakes(shortest + "adapter:\n  \"<<\": {rank: 4}\n").first?.contains("unknown key") == true)
    }

    @Test("A list or a mapping as a key is refused")
    func keys() {
        #expect(
            mistakes(shortest + "? [a, b]\n: 1\n") == ["job.yaml:4:3: a key must be a plain name; found a list of 2"])
    }

    @Test("A tab in the indentation is named as such")
    func tabs() {
        #expect(
            mistakes("name: tiny\nbase:\n\tpath: x\n")
                == ["job.yaml:3:1: a tab stands in the indentation; YAML indents with spaces only"])
    }

    @Test("A second colon and a bracket left open say where")
    func syntax() {
        #expect(mistakes("name: a: b\n").first?.hasPrefix("job.yaml:1:8: a colon stands where no key can") == true)
        #expect(mistakes("name: [a, b\nbase: x\n").first?.hasPrefix("job.yaml:2:") == true)
    }
}
