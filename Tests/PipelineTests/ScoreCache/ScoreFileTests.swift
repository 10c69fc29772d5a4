import Digests
import Evaluation
import Foundation
import Pipeline
import Testing

@Suite("Files of scores")
struct ScoreFileTests {
    private static let key = ScoreKey(
        recipe: String(repeating: "a1", count: 32), asked: String(repeating: "0f", count: 32))

    private static let all: [StoredScores] = [
        .rows([
            RowScore(negativeLogLikelihood: 0.1 + 0.2, tokens: 3, isCorrect: true, confidence: 1 / 3),
            RowScore(negativeLogLikelihood: -0.0, tokens: 1, isCorrect: false, confidence: nil),
        ]),
        .outputs([Prediction([0.1, -2.5e-38, 7]), Prediction([1, 2, 3])]),
        .answers([
            Generation(ids: [5, 70_000], endToken: 2, text: " é 🎬"), Generation(ids: [], endToken: nil, text: ""),
        ]),
        .rows([]),
    ]

    private func bytes(_ scores: StoredScores) throws -> [UInt8] {
        try #require(ScoreFile.encode(scores, Self.key))
    }

    /// The same with another sum, as somebody writes who means to mislead.
    private func summed(_ bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes.dropLast(SHA256.bytes))
        return bytes.dropLast(SHA256.bytes) + hash.finish()
    }

    @Test("Scores of every kind are read as they were written, bit by bit", arguments: all)
    func roundTrip(_ scores: StoredScores) throws {
        let read = try ScoreFile.decode(bytes(scores), "scores")
        #expect(read.key == Self.key && read.scores == scores)
        #expect(try bytes(read.scores) == bytes(scores))
    }

    @Test("A file that is cut off anywhere, or of which a byte is another, is refused", arguments: all)
    func damaged(_ scores: StoredScores) throws {
        let whole = try bytes(scores)
        for count in 0..<whole.count {
            #expect(throws: PipelineError.self) { try ScoreFile.decode(Array(whole[..<count]), "scores") }
        }
        for place in whole.indices {
            var other = whole
            other[place] ^= 1
            let refusal = #expect(throws: PipelineError.self) { try ScoreFile.decode(other, "scores") }
            #expect(refusal?.message == "scores is damaged, or no file of scores.")
        }
    }

    @Test(
        "A file that lies of itself, and whose sum is right, is refused",
        arguments: [(0, 0x4C), (8, 2), (12, 9), (80, 3), (80, 1), (86, 0xFF), (88, 1), (92, 1), (116, 4), (103, 0x7F)])
    func lying(place: Int, value: UInt8) throws {
        var bytes = try bytes(Self.all[0])
        bytes[place] = value
        // The high byte of a loss alone is a number still: with the next it is none.
        if place == 103 { bytes[102] = 0xF0 }
        #expect(throws: PipelineError.self) { try ScoreFile.decode(summed(bytes), "scores") }
    }
}
