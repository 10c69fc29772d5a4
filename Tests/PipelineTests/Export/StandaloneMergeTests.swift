import Adapters
import Foundation
import ModelFiles
import Pipeline
import TestSupport
import Testing

@Suite("lorad merge")
struct StandaloneMergeTests {
    private func merge(
        _ adapter: String, _ format: MergedFormat = .gguf, into base: String = "llama-tiny/base",
        cache folder: String, stop: Bool = false
    ) -> StandaloneMerge {
        StandaloneMerge(
            base: Fixtures.path(base), adapter: Fixtures.path("adapters/\(adapter)"), format: format, dtype: .f32,
            hashCache: HashCache(file: folder + "/hashes.json"), shouldStop: { stop })
    }

    /// Everything in a folder, hidden files included.
    private func entries(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "hashes.json" }
    }

    @Test("The outcome names base, model and figures of the comparison", arguments: MergedFormat.allCases)
    func outcome(format: MergedFormat) throws {
        try withTemporaryFolder { folder in
            let output = folder + "/deep/merged"
            let outcome = try merge("lorad-0.1.0", format, cache: folder).run(to: output)
            #expect(outcome.adapterRecordsBase)
            #expect(outcome.parity.passed)
            #expect(outcome.parity.prompts.count == 4)
            #expect(outcome.parity.baseVsAdapterMaxAbsLogitDifference > 100 * outcome.parity.maxAbsLogitDifference)
            #expect(try BaseModelFiles(path: outcome.model).configuration.layers == 2)
            #expect(try entries(folder + "/deep") == ["merged"])
        }
    }

    @Test("An adapter that PEFT wrote records no base, and the outcome says so")
    func unrecorded() throws {
        try withTemporaryFolder { folder in
            let outcome = try merge("all-linear", cache: folder).run(to: folder + "/merged")
            #expect(!outcome.adapterRecordsBase)
        }
    }

    @Test("What exists is not touched")
    func existing() throws {
        try withTemporaryFolder { folder in
            let output = folder + "/merged"
            try Data("mine".utf8).write(to: URL(fileURLWithPath: output))
            let error = #expect(throws: PipelineError.self) { try merge("all-linear", cache: folder).run(to: output) }
            #expect(error?.code == .rejected)
            #expect(try String(contentsOfFile: output, encoding: .utf8) == "mine")
        }
    }

    @Test("An adapter of another base is refused, and nothing is left")
    func anotherBase() throws {
        try withTemporaryFolder { folder in
            let error = #expect(throws: AdaptersError.self) {
                try merge("lorad-0.1.0", into: "llama-tiny/untied", cache: folder).run(to: folder + "/merged")
            }
            #expect(error?.code == .mismatch)
            let left = try entries(folder)
            #expect(left.isEmpty)
        }
    }

    @Test("A merge that is stopped leaves nothing")
    func stopped() throws {
        try withTemporaryFolder { folder in
            #expect(throws: (any Error).self) {
                try merge("all-linear", cache: folder, stop: true).run(to: folder + "/merged")
            }
            let left = try entries(folder)
            #expect(left.isEmpty)
        }
    }
}
