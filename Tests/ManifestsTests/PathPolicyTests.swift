import Foundation
import Manifests
import TestSupport
import Testing

@Suite("Paths") struct PathPolicyTests {
    private let folder: TemporaryFolder
    private let outside: TemporaryFolder
    private let policy: PathPolicy

    init() throws {
        folder = try TemporaryFolder()
        outside = try TemporaryFolder()
        try folder.write("data/train.jsonl")
        try folder.write("bases/base.gguf")
        try outside.write("secret.txt")
        policy = PathPolicy(workingFolder: folder.path, roots: ["."])
    }

    private func code(_ path: String) -> ManifestsError.Code? {
        do {
            _ = try policy.resolve(path)
            return nil
        } catch { return (error as? ManifestsError)?.code }
    }

    @Test("A path inside is resolved, relative or absolute")
    func inside() throws {
        let expected = "\(folder.path)/data/train.jsonl"
        #expect(try policy.resolve("data/train.jsonl") == expected)
        #expect(try policy.resolve("./data//train.jsonl") == expected)
        #expect(try policy.resolve(expected) == expected)
    }

    @Test("A path that leaves the roots is forbidden, whether something is there or not")
    func outsidePaths() {
        for path in [
            "../x", "data/../../x", "data/../data/train.jsonl", "/etc/passwd", "/none", "\(outside.path)/secret.txt",
        ] {
            #expect(code(path) == .forbidden, "\(path)")
        }
        #expect(code("") == .forbidden)
        #expect(code("a\0b") == .forbidden)
        #expect(code(folder.path + "-sibling") == .forbidden)
    }

    @Test("A symlink counts for where it leads, at the end, in the middle, in chains, and to nothing")
    func symlinks() throws {
        try folder.link("file", to: "\(outside.path)/secret.txt")
        try folder.link("folder", to: outside.path)
        try folder.link("chain", to: "file")
        try folder.link("dangling", to: "\(outside.path)/none")
        try folder.link("relative", to: "../\(URL(fileURLWithPath: outside.path).lastPathComponent)/none")
        try folder.link("loop", to: "loop")
        for path in ["file", "folder/secret.txt", "folder/none", "chain", "dangling", "relative"] {
            #expect(code(path) == .forbidden, "\(path)")
        }
        #expect(code("loop") != nil)
        try folder.link("good", to: "data")
        #expect(try policy.resolve("good/train.jsonl") == "\(folder.path)/data/train.jsonl")
    }

    @Test("Another allowed root may be outside the working folder")
    func roots() throws {
        let wide = PathPolicy(workingFolder: folder.path, roots: [".", outside.path])
        #expect(try wide.resolve("\(outside.path)/secret.txt") == "\(outside.path)/secret.txt")
    }

    @Test("The worker's own files are no data, under no name: state folder, lorad.yaml, secrets")
    func protected() throws {
        try folder.write("lorad.yaml")
        try folder.write(".lorad/ledger.sqlite")
        try outside.write("hook.key")
        try folder.link("state", to: ".lorad")
        try folder.link("configuration", to: "lorad.yaml")
        try #require(link(folder.path + "/lorad.yaml", folder.path + "/data/hard.jsonl") == 0)
        var configuration = WorkerConfiguration()
        configuration.ownFiles = ["lorad.yaml"]
        configuration.allowedRoots = [".", outside.path]
        var hook = HookConfiguration()
        hook.secretFile = outside.path + "/hook.key"
        configuration.hooks = [hook]
        let policy = configuration.pathPolicy(workingFolder: folder.path)
        for path in [
            ".lorad", ".lorad/ledger.sqlite", ".lorad/none", "state/ledger.sqlite", "lorad.yaml", "configuration",
            "data/hard.jsonl", outside.path + "/hook.key",
        ] {
            let error = #expect(throws: ManifestsError.self, "\(path)") { try policy.resolve(path) }
            #expect(error?.code == .forbidden, "\(path)")
        }
        #expect(try policy.resolve("data/train.jsonl") == "\(folder.path)/data/train.jsonl")
        #expect(try policy.resolve(outside.path + "/secret.txt") == "\(outside.path)/secret.txt")
        #expect(policy.refusal(of: folder.path + "/.lorad/ledger.sqlite", device: 0, inode: 0) != nil)
        // Unless lorad.yaml names a root in there.
        configuration.allowedRoots = [".", ".lorad/data"]
        try folder.write(".lorad/data/train.jsonl")
        let inner = configuration.pathPolicy(workingFolder: folder.path)
        #expect(try inner.resolve(".lorad/data/train.jsonl").hasSuffix("/.lorad/data/train.jsonl"))
        #expect(throws: ManifestsError.self) { try inner.resolve(".lorad/ledger.sqlite") }
        #expect(policy.refusal(of: "/etc/passwd", device: 0, inode: 0) != nil)
        #expect(policy.refusal(of: folder.path + "/data/train.jsonl", device: 0, inode: 0) == nil)
        var status = stat()
        try #require(stat(folder.path + "/data/hard.jsonl", &status) == 0)
        let (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
        #expect(policy.refusal(of: folder.path + "/data/hard.jsonl", device: device, inode: inode) != nil)
    }

    @Test("lorad.yaml protects itself wherever it was read from")
    func ownFile() throws {
        try folder.write("conf/worker.yaml")
        try Data("allowed_roots: [.]\n".utf8).write(to: URL(fileURLWithPath: folder.path + "/conf/worker.yaml"))
        let configuration = try WorkerConfiguration.load(path: folder.path + "/conf/worker.yaml")
        let policy = configuration.pathPolicy(workingFolder: folder.path)
        #expect(throws: ManifestsError.self) { try policy.resolve("conf/worker.yaml") }
    }

    @Test("A path is looked up in one go, however many components it has, and may have 4,096 bytes")
    func longPaths() throws {
        let seconds = processorSeconds {
            #expect(code(String(repeating: "a/", count: 60_000) + "x") == .forbidden)
        }
        #expect(seconds < 20)
        #expect(code(String(repeating: "a/", count: 2000) + "x") == .missing)
        #expect(try policy.resolve(String(repeating: "./", count: 2000) + "data/train.jsonl").hasSuffix("/train.jsonl"))
        let path = String(repeating: "a/", count: 60_000)
        let text = "name: tiny\nbase: {path: bases/base.gguf, sha256: \(hash)}\ndataset: {train: \(path)}\n"
        let error = #expect(throws: ManifestsError.self) {
            try ManifestDocument.load(
                bytes: Array(text.utf8), file: "job.yaml", pipelinesFolder: pipelines, alsoChecking: policy.check)
        }
        let mistakes = error?.mistakes.map(\.description) ?? []
        #expect(mistakes.count == 1 && mistakes[0].hasPrefix("job.yaml:3:18: dataset.train is \"a/a/"))
        #expect(mistakes.first?.hasSuffix(" with 120000 bytes; a path has at most 4096") == true)
    }

    @Test("A missing file is told beside the text's own mistakes; one that could not be read is told once")
    func besideOthers() throws {
        let text = "name: Tiny\nbase: {sha256: \(hash)}\ndataset: data/none.jsonl\nevaluation: {data: 7}\n"
        let error = #expect(throws: ManifestsError.self) {
            try ManifestDocument.load(
                bytes: Array(text.utf8), file: "job.yaml", pipelinesFolder: pipelines, alsoChecking: policy.check)
        }
        let found = error?.mistakes.map(\.description) ?? []
        #expect(found.count == 4, "\(found)")
        for (message, start) in zip(
            found,
            [
                "job.yaml:1:7: name is", "job.yaml:2:7: base.path is missing",
                "job.yaml:3:10: dataset.train: There is no file or folder \"data/none.jsonl\".",
                "job.yaml:4:20: evaluation.data is the number 7",
            ])
        {
            #expect(message.hasPrefix(start), "\(message)")
        }
    }

    @Test(
        "A path that means something elsewhere is missing, and the message says what lorad does not do",
        arguments: [
            ("org/model-1B", "data/train.jsonl", "downloads nothing; fetch the model and name its folder"),
            ("$HOME/model", "data/train.jsonl", "Variables are not expanded"),
            ("data", "$DATA/train.jsonl", "Variables are not expanded"),
        ])
    func hints(base: String, train: String, hint: String) throws {
        let text = "name: tiny\nbase: {path: \(base), sha256: \(hash)}\ndataset: {train: \(train)}\n"
        let document = try ManifestDocument.load(bytes: Array(text.utf8), file: "job.yaml", pipelinesFolder: pipelines)
        let found = policy.check(document).map(\.description)
        #expect(found.count == 1 && found.first?.contains(hint) == true, "\(found)")
    }

    @Test("A manifest's missing, misplaced and wrong files are each reported at their place")
    func manifest() throws {
        let text = """
            name: tiny
            base: {path: data/train.jsonl, sha256: \(hash)}
            dataset: {train: data/none.jsonl, validation: data}
            evaluation: {data: /etc/passwd}
            regression: {prompts: data/train.jsonl}
            notify: [chat, chta]
            """
        let document = try ManifestDocument.load(bytes: Array(text.utf8), file: "job.yaml", pipelinesFolder: pipelines)
        let found = policy.check(document).map(\.description)
        #expect(found.count == 4)
        #expect(found[0].hasPrefix("job.yaml:2:14: base.path \"data/train.jsonl\" is neither a model folder nor"))
        #expect(found[1] == "job.yaml:3:18: dataset.train: There is no file or folder \"data/none.jsonl\".")
        #expect(found[2] == "job.yaml:3:47: dataset.validation \"data\" is a folder; expected a file of JSON lines")
        #expect(found[3].hasPrefix("job.yaml:4:20: evaluation.data: The path \"/etc/passwd\" lies outside"))
        #expect(
            document.checkHooks(known: ["chat"]).map(\.description)
                == ["job.yaml:6:16: lorad.yaml defines no hook \"chta\"; did you mean chat?"])
    }

    @Test("Tools and templates of single files must lie beneath the roots, each told at its own key")
    func toolsAndTemplates() throws {
        try folder.write("bases/model/config.json")
        let text = """
            name: tiny
            base: {path: bases/model, sha256: \(hash)}
            dataset:
              tools: \(outside.path)/secret.txt
              train: [{path: data/train.jsonl, chat_template: \(outside.path)/x.jinja}]
            """
        let document = try ManifestDocument.load(bytes: Array(text.utf8), file: "job.yaml", pipelinesFolder: pipelines)
        let found = policy.check(document).map(\.description)
        #expect(found.count == 2, "\(found)")
        #expect(found.first?.hasPrefix("job.yaml:4:10: dataset.tools: The path") == true, "\(found)")
        #expect(found.last?.hasPrefix("job.yaml:5:51: dataset.train[0].chat_template: The path") == true, "\(found)")
        let inside = text.replacing("\(outside.path)/secret.txt", with: "data")
            .replacing("\(outside.path)/x.jinja", with: "data/train.jsonl")
        let other = try ManifestDocument.load(bytes: Array(inside.utf8), file: "job.yaml", pipelinesFolder: pipelines)
        #expect(
            policy.check(other).map(\.description) == [
                "job.yaml:4:10: dataset.tools \"data\" is a folder; expected a file of tools"
            ])
    }

    @Test("A file of a base's folder may not be a link that leaves the roots: what it leads to would be published")
    func linksInBase() throws {
        let text = "name: tiny\nbase: {path: bases/model, sha256: \(hash)}\ndataset: data/train.jsonl\n"
        let document = try ManifestDocument.load(bytes: Array(text.utf8), file: "job.yaml", pipelinesFolder: pipelines)
        try folder.write("bases/model/config.json")
        try folder.link("bases/model/tokenizer.json", to: "../../data/train.jsonl")
        try folder.link("bases/model/nothing", to: "none")
        #expect(policy.check(document).isEmpty)
        try folder.link("bases/model/special_tokens_map.json", to: "\(outside.path)/secret.txt")
        let found = policy.check(document).map(\.description)
        #expect(found.count == 1)
        #expect(
            found.first?.hasPrefix(
                "job.yaml:2:14: base.path: its file \"special_tokens_map.json\" is a link that leads outside") == true,
            "\(found)")
        // The same in the folder of further templates.
        try FileManager.default.removeItem(atPath: folder.path + "/bases/model/special_tokens_map.json")
        try folder.write("bases/model/additional_chat_templates/own.jinja")
        #expect(policy.check(document).isEmpty)
        try folder.link("bases/model/additional_chat_templates/x.jinja", to: "\(outside.path)/secret.txt")
        #expect(policy.check(document).first?.description.contains("additional_chat_templates/x.jinja") == true)
    }
}
