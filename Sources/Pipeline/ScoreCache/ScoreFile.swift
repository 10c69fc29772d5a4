import Common
import Digests
import Evaluation
import Foundation

/// Scores in a file. What is written, and where; all numbers little-endian:
///
/// | bytes | |
/// |---|---|
/// | 0–15 | `loradsco`, the version as u32, the kind as u32: 1 rows, 2 outputs, 3 answers |
/// | 16–47, 48–79 | the key's two digests |
/// | 80 | u64: how many records |
/// | 88, 92 | u32: outputs of a row, 0 of other kinds; 0 |
/// | 96 | the records |
/// | at the end | the SHA-256 of all before it |
///
/// A record of a row has its negative log-likelihood and its confidence as f64, 0 for none, its tokens as u32, and flags as
/// u32, from the lowest bit: right, has a confidence. One of outputs has each as f32. One of an answer has its number of
/// ids, the token that ended it (2³² − 1 for none) and its text's bytes as u32, then the ids as u32, and the text.
package enum ScoreFile {
    static let magic = [UInt8]("loradsco".utf8)
    /// Of the layout; what decides scores is the recipe's to say.
    static let version: UInt32 = 1
    static let bytesOfHead = 96
    /// A longer file is neither written nor read: eleven million rows have their scores in one.
    static let mostBytes = 256 << 20
    static let noToken = UInt32.max

    /// The file's bytes; nil where there would be too many.
    package static func encode(_ scores: StoredScores, _ key: ScoreKey) -> [UInt8]? {
        var bytes = magic
        bytes.append(littleEndian: version)
        bytes.append(littleEndian: kind(of: scores))
        for digest in [key.recipe, key.asked] {
            guard let digest = Hexadecimal.bytes(digest), digest.count == SHA256.bytes else { return nil }
            bytes += digest
        }
        bytes.append(littleEndian: UInt64(scores.count))
        bytes.append(littleEndian: outputs(of: scores))
        bytes.append(littleEndian: UInt32(0))
        switch scores {
        case .rows(let rows): for row in rows { append(row, to: &bytes) }
        case .outputs(let rows):
            for row in rows { for output in row.logits { bytes.append(littleEndian: output.bitPattern) } }
        case .answers(let answers): for answer in answers { append(answer, to: &bytes) }
        }
        guard bytes.count + SHA256.bytes <= mostBytes else { return nil }
        return bytes + sum(bytes)
    }

    static func sum(_ bytes: some DataProtocol) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }

    private static func kind(of scores: StoredScores) -> UInt32 {
        switch scores {
        case .rows: 1
        case .outputs: 2
        case .answers: 3
        }
    }

    private static func outputs(of scores: StoredScores) -> UInt32 {
        if case .outputs(let rows) = scores { UInt32(rows.first?.logits.count ?? 0) } else { 0 }
    }

    private static func append(_ row: RowScore, to bytes: inout [UInt8]) {
        bytes.append(littleEndian: row.negativeLogLikelihood.bitPattern)
        bytes.append(littleEndian: (row.confidence ?? 0).bitPattern)
        bytes.append(littleEndian: UInt32(row.tokens))
        bytes.append(littleEndian: UInt32((row.isCorrect ? 1 : 0) | (row.confidence == nil ? 0 : 2)))
    }

    private static func append(_ answer: Generation, to bytes: inout [UInt8]) {
        let text = Array(answer.text.utf8)
        bytes.append(littleEndian: UInt32(answer.ids.count))
        bytes.append(littleEndian: answer.endToken.map { UInt32($0) } ?? noToken)
        bytes.append(littleEndian: UInt32(text.count))
        for id in answer.ids { bytes.append(littleEndian: UInt32(id)) }
        bytes += text
    }
}
