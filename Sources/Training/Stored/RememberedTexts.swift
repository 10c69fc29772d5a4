import Common
import Digests
import Foundation
import Tokenizers

/// What a tokenizer made of texts, by what stands for a text and how it was asked.
package struct RememberedTexts: Sendable, Equatable {
    /// What stands for a question to the tokenizer: the first half of its SHA-256.
    struct Key: Hashable, Sendable {
        let high: UInt64
        let low: UInt64
    }

    /// An answer: ids, their types, and where places of the text lie among them.
    struct Answer: Sendable, Equatable {
        var ids: [Int]
        var types: [Int] = []
        var places: [Range<Int>] = []
    }

    /// Texts that are remembered at most: more would take more room than time.
    static let most = 1 << 18

    var answers: [Key: Answer] = [:]

    package init() {}

    package var count: Int { answers.count }
}

extension RememberedTexts.Key {
    /// - Parameters:
    ///   - question: which of the tokenizer's functions is asked.
    ///   - numbers: what else it is asked with.
    init(_ question: UInt8, _ numbers: [Int], _ texts: [String]) {
        var head: [UInt8] = [question]
        for number in [numbers.count] + numbers + texts.map(\.utf8.count) { head.append(littleEndian: Int64(number)) }
        var hash = SHA256()
        head.withUnsafeBytes { hash.update($0) }
        for var text in texts { text.withUTF8 { hash.update(UnsafeRawBufferPointer($0)) } }
        let bytes = hash.finish()
        func word(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: word(0..<8), low: word(8..<16))
    }
}
