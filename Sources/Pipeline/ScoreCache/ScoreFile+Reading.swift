import Digests
import Evaluation
import Foundation

extension ScoreFile {
    /// Reads a file's bytes, every number of which is looked at before it is believed.
    ///
    /// - Parameter name: what messages call the file.
    /// - Throws: `PipelineError.rejected` for one that is cut off or damaged, or not what it says.
    package static func decode(_ bytes: [UInt8], _ name: String) throws -> (key: ScoreKey, scores: StoredScores) {
        let summed = bytes.count - SHA256.bytes
        guard summed >= bytesOfHead, bytes.count <= mostBytes, sum(bytes[..<summed]).elementsEqual(bytes[summed...])
        else { throw fault(name) }
        var reader = Reader(bytes: bytes[..<summed])
        guard reader.take(magic.count)?.elementsEqual(magic) == true, reader.number() == version,
            let kind: UInt32 = reader.number(), let recipe = reader.take(SHA256.bytes),
            let asked = reader.take(SHA256.bytes), let count: UInt64 = reader.number(),
            let outputs: UInt32 = reader.number(), reader.number() == UInt32(0),
            let scores = reader.scores(kind, count: count, outputs: Int(outputs)), reader.isAtEnd
        else { throw fault(name) }
        return (ScoreKey(recipe: Hexadecimal.of(recipe), asked: Hexadecimal.of(asked)), scores)
    }

    private static func fault(_ name: String) -> PipelineError {
        PipelineError(.rejected, "\(name) is damaged, or no file of scores.")
    }
}

/// Takes numbers off the front of bytes; what is not there is nil.
private struct Reader {
    var bytes: ArraySlice<UInt8>

    var isAtEnd: Bool { bytes.isEmpty }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= bytes.count else { return nil }
        defer { bytes = bytes.dropFirst(count) }
        return bytes.prefix(count)
    }

    mutating func number<Number: FixedWidthInteger>() -> Number? {
        take(Number.bitWidth / 8).map { $0.reversed().reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) } }
    }

    /// As many records as are said to be there; each takes a byte at least, so that a count that lies takes no memory.
    mutating func scores(_ kind: UInt32, count: UInt64, outputs: Int) -> StoredScores? {
        guard count <= UInt64(bytes.count), (kind == 2) == (outputs > 0) || count == 0 else { return nil }
        switch kind {
        case 1: return records(Int(count)) { $0.row() }.map(StoredScores.rows)
        case 2: return records(Int(count)) { $0.prediction(outputs) }.map(StoredScores.outputs)
        case 3: return records(Int(count)) { $0.answer() }.map(StoredScores.answers)
        default: return nil
        }
    }

    private mutating func records<Record>(_ count: Int, _ read: (inout Reader) -> Record?) -> [Record]? {
        var records: [Record] = []
        for _ in 0..<count {
            guard let record = read(&self) else { return nil }
            records.append(record)
        }
        return records
    }

    private mutating func row() -> RowScore? {
        guard let loss: UInt64 = number(), let confidence: UInt64 = number(), let tokens: UInt32 = number(),
            let flags: UInt32 = number(), flags < 4
        else { return nil }
        let (likelihood, sure) = (Double(bitPattern: loss), Double(bitPattern: confidence))
        guard likelihood.isFinite, (0...1).contains(sure), flags & 2 != 0 || sure == 0 else { return nil }
        return RowScore(
            negativeLogLikelihood: likelihood, tokens: Int(tokens), isCorrect: flags & 1 != 0,
            confidence: flags & 2 != 0 ? sure : nil)
    }

    private mutating func prediction(_ outputs: Int) -> Prediction? {
        guard outputs <= bytes.count / 4 else { return nil }
        var logits: [Float] = []
        for _ in 0..<outputs {
            guard let bits: UInt32 = number(), Float(bitPattern: bits).isFinite else { return nil }
            logits.append(Float(bitPattern: bits))
        }
        return Prediction(logits)
    }

    private mutating func answer() -> Generation? {
        guard let count: UInt32 = number(), let end: UInt32 = number(), let length: UInt32 = number(),
            Int(count) <= bytes.count / 4
        else { return nil }
        var ids: [Int] = []
        for _ in 0..<count {
            guard let id: UInt32 = number() else { return nil }
            ids.append(Int(id))
        }
        guard let text = take(Int(length)).flatMap({ String(bytes: $0, encoding: .utf8) }) else { return nil }
        return Generation(ids: ids, endToken: end == ScoreFile.noToken ? nil : Int(end), text: text)
    }
}
