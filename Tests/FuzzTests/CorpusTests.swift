import Foundation
import FuzzTargets
import Testing

/// What the fuzzer was given and what it once found, through the very code that it feeds.
@Suite("Fuzzing corpus")
struct CorpusTests {
    @Test("Every target holds for all of its corpus", arguments: FuzzTargets.all.map { $0.name })
    func replay(_ name: String) throws {
        let target = try #require(FuzzTargets.named(name)).init()
        let files = try Corpus.files(of: name)
        #expect(!files.isEmpty)
        for file in files {
            #expect(throws: Never.self, "\(file.name)") { try target.check(file.bytes) }
        }
    }

    @Test(
        "Every target holds for its corpus cut short at sixteen places", arguments: FuzzTargets.all.map { $0.name })
    func prefixes(_ name: String) throws {
        let target = try #require(FuzzTargets.named(name)).init()
        for file in try Corpus.files(of: name) {
            for count in stride(from: 0, to: file.bytes.count, by: max(1, file.bytes.count / 16)) {
                #expect(throws: Never.self, "\(file.name) cut to \(count) bytes") {
                    try target.check(Array(file.bytes[..<count]))
                }
            }
        }
    }

    @Test("Folders of the corpus and targets are the same")
    func folders() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Corpus.folder)
        #expect(Set(folders) == Set(FuzzTargets.all.map { $0.name }))
    }
}
