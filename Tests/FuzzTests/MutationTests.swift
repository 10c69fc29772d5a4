import Foundation
import FuzzTargets
import Testing

/// A small run of fuzzing in every test run: a fixed number of fixed changes of the corpus, so that a failure comes back.
@Suite("Fuzzing by fixed changes")
struct MutationTests {
    /// Changes a target. Together they take a few seconds.
    private static let count = 250
    /// Larger files are changed where it matters too seldom.
    private static let largestFile = 8_192

    @Test("Every target holds for fixed changes of its corpus", arguments: FuzzTargets.all.map { $0.name })
    func mutations(_ name: String) throws {
        let target = try #require(FuzzTargets.named(name)).init()
        let files = try Corpus.files(of: name).filter { $0.bytes.count <= Self.largestFile }
        try #require(!files.isEmpty)
        // A trap ends the process before it can say what it was given.
        let kept = NSTemporaryDirectory() + "lorad-mutation-\(name)"
        defer { unlink(kept) }
        for number in 0..<Self.count {
            var mutator = Mutator(seed: UInt64(number))
            let file = files[number % files.count]
            let bytes = mutator.mutated(file.bytes, files[number / files.count % files.count].bytes)
            try Data(bytes).write(to: URL(fileURLWithPath: kept))
            #expect(throws: Never.self, "change \(number) of \(file.name): \(Data(bytes).base64EncodedString())") {
                try target.check(bytes)
            }
        }
    }

    @Test("The changes of a seed are the same every time, and those of two seeds are not")
    func repeatable() {
        let bytes = Array("{\"a\": 12, \"b\": [3, 4]}".utf8)
        func run() -> [[UInt8]] {
            (0..<100).map { seed in
                var mutator = Mutator(seed: UInt64(seed))
                return mutator.mutated(bytes, bytes)
            }
        }
        let changed = run()
        #expect(changed == run())
        #expect(Set(changed).count > 90)
        #expect(changed.count { $0.starts(with: bytes) } < 10)
    }
}
