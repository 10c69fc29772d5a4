import Foundation
import Manifests
import Testing

/// Whatever bytes come in, the answer is a manifest or at least one mistake, each with a place, and never a trap.
@Suite("Mutated texts") struct MutationTests {
    private static let corpus: [[UInt8]] = ["five-mistakes.yaml", "design.yaml", "defaults.yaml", "hard.yaml"]
        .compactMap {
            (try? Data(contentsOf: fixtures.appendingPathComponent($0))).map { Array($0) }
        }

    @Test("A mutated manifest is read or refused, never a trap", arguments: 0..<20)
    func mutated(seed: Int) throws {
        try #require(Self.corpus.count == 4)
        var random = SeededGenerator(state: UInt64(seed))
        for _ in 0..<200 {
            var bytes = Self.corpus.randomElement(using: &random)!
            for _ in 0..<Int.random(in: 1...6, using: &random) { Self.mutate(&bytes, &random) }
            do {
                let document = try ManifestDocument.load(bytes: bytes, file: "job.yaml", pipelinesFolder: pipelines)
                #expect(try load(document.manifest.yaml()) == document.manifest)
            } catch let error as ManifestsError {
                #expect(!error.mistakes.isEmpty)
                let own = error.mistakes.filter { $0.file == "job.yaml" }
                #expect(own.allSatisfy { $0.line >= 1 && $0.column >= 1 })
                #expect(error.mistakes == error.mistakes.sorted() || error.mistakes.count > 100)
            }
            _ = try? WorkerConfiguration.load(bytes: bytes, file: "lorad.yaml")
        }
    }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let end = Int.random(in: place...min(bytes.count, place + 40), using: &random)
        switch Int.random(in: 0..<7, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.insert(Array("{}[]:,&*!|>'\"%@`#-?\t\n ~<".utf8).randomElement(using: &random)!, at: place)
        case 2: bytes.removeSubrange(place..<end)
        case 3: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
        case 4: bytes.removeSubrange(place...)
        case 5:
            let tokens = [
                ": ", "- ", "&a ", "*a ", "!!int ", "<<: *a\n", "null", ".nan", "-1", "0x", "\"\\u0000\"", "---\n",
            ]
            bytes.insert(contentsOf: Array(tokens.randomElement(using: &random)!.utf8), at: place)
        default: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &random))
        }
    }
}
