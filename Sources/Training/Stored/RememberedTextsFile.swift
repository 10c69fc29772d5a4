import Common
import Foundation
import ModelFiles

/// Remembered texts in a file, a `SummedFile` whose body has for each text, all numbers little-endian:
///
/// | bytes | |
/// |---|---|
/// | 0–15 | its key, the high word first |
/// | 16, 20, 24 | u32: ids, types of tokens, places |
/// | 28– | u32 for each id, u8 for each type, two u32 for each place: its lower and its upper bound |
package enum RememberedTextsFile {
    /// What the file says of all its texts.
    private struct Notes: Codable {
        let recipe: String
        let sha256: String
        let texts: Int
    }

    private static let kind = SummedFileKind(magic: "loradtxt", version: 1, name: "file of remembered texts")
    private static let bytesOfHead = 28
    /// As large as any that `RememberedTexts.most` texts of some length make.
    private static let mostBytes = 1 << 30

    /// Writes texts.
    ///
    /// - Parameters:
    ///   - recipe: the hash of all that decided the tokens but the texts.
    ///   - sha256: of the file that the texts stand in.
    /// - Throws: `SystemError.unwritable`.
    package static func write(
        _ texts: RememberedTexts, recipe: String, sha256: String, to path: String
    ) throws {
        try SummedFileWriter.write(kind, to: path) { file in
            for (key, answer) in texts.answers.sorted(by: { ($0.key.high, $0.key.low) < ($1.key.high, $1.key.low) }) {
                append(key, answer, to: &file.pending)
                try file.flushWhereFull()
            }
            return Notes(recipe: recipe, sha256: sha256, texts: texts.count)
        }
    }

    /// The texts of a file; nil where it is of another recipe, or of another file's texts.
    ///
    /// - Throws: `TrainingError.malformed` for a file that is cut off or damaged, or not what it says; `ModelFilesError`
    ///   where it cannot be read.
    package static func read(_ path: String, recipe: String, sha256: String) throws -> RememberedTexts? {
        let stored = try SummedFile(path, kind)
        let notes: Notes = try stored.notes()
        guard notes.recipe == recipe, notes.sha256 == sha256 else { return nil }
        guard stored.body.count <= mostBytes, notes.texts <= RememberedTexts.most else { throw kind.fault(path) }
        let bytes = try stored.file.bytes(at: stored.body.lowerBound, count: stored.body.count)
        var texts = RememberedTexts()
        let isWhole = bytes.withUnsafeBytes { read($0, into: &texts) }
        guard isWhole, texts.count == notes.texts else { throw kind.fault(path) }
        return texts
    }

    private static func append(_ key: RememberedTexts.Key, _ answer: RememberedTexts.Answer, to bytes: inout [UInt8]) {
        bytes.append(littleEndian: key.high)
        bytes.append(littleEndian: key.low)
        for count in [answer.ids.count, answer.types.count, answer.places.count] {
            bytes.append(littleEndian: UInt32(count))
        }
        for id in answer.ids { bytes.append(littleEndian: UInt32(id)) }
        for type in answer.types { bytes.append(UInt8(type)) }
        for place in answer.places {
            bytes.append(littleEndian: UInt32(place.lowerBound))
            bytes.append(littleEndian: UInt32(place.upperBound))
        }
    }

    /// - Returns: whether the bytes are answers and nothing else, each key once.
    private static func read(_ bytes: UnsafeRawBufferPointer, into texts: inout RememberedTexts) -> Bool {
        var offset = 0
        func word(_ place: Int) -> UInt64 {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        }
        func number(_ place: Int) -> Int {
            Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
        }
        while offset < bytes.count {
            guard bytes.count - offset >= bytesOfHead else { return false }
            let key = RememberedTexts.Key(high: word(offset), low: word(offset + 8))
            let (ids, types, places) = (number(offset + 16), number(offset + 20), number(offset + 24))
            offset += bytesOfHead
            let size = 4 * ids + types + 8 * places
            guard bytes.count - offset >= size, types == 0 || types == ids else { return false }
            var answer = RememberedTexts.Answer(ids: (0..<ids).map { number(offset + 4 * $0) })
            answer.types = (0..<types).map { Int(bytes[offset + 4 * ids + $0]) }
            let first = offset + 4 * ids + types
            for place in 0..<places {
                let (lower, upper) = (number(first + 8 * place), number(first + 8 * place + 4))
                guard lower <= upper, upper <= ids else { return false }
                answer.places.append(lower..<upper)
            }
            offset += size
            guard texts.answers.updateValue(answer, forKey: key) == nil else { return false }
        }
        return true
    }
}
