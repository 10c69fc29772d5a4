import Common
import Datasets
import Tokenizers

/// What a file of tokenized rows says of one row, before its tokens; 72 bytes, all numbers little-endian:
///
/// | bytes | |
/// |---|---|
/// | 0–15, 16–31 | `input` and `whole`, each the high word first |
/// | 32 | u32: the line in the file of rows |
/// | 36, 40, 44, 48 | u32: tokens before and after what is cut, labels, labels cut off |
/// | 52 | u32: runs of labels |
/// | 56 | u8: flags, from the lowest bit: ids of 4 bytes, dropped, doubled beginning, doubled end, types of tokens |
/// | 57 | u8: the number of its completion from 1, or 0 |
/// | 58 | u8: what its label is: 0 for a row without one, 1 for a name, 2 for a whole number, 3 for a value |
/// | 59–63 | 0 |
/// | 64 | u64: the name's place in the notes, the number as i64, or the value as IEEE 754 |
///
/// Of a row with labels the token ids follow; then, where the flag says so, a byte for each token's type; and then two u32
/// for each run: the first position and how many there are. A row that is classified has one run, of its pooled position.
package struct RowRecord: Sendable, Equatable {
    static let bytes = 72

    /// What is given of the row, and all of it.
    package var input: RowDigest
    package var whole: RowDigest
    /// In the file of rows, from 1.
    package var line: Int
    package var figures: RowFigures
    /// The place of the row's completion among those of the notes, from 1; 0 where they do not list it.
    package var completion: Int
    /// What the row must be predicted to be; nil where its tokens are predicted.
    package var label: LabelColumn.Cell?
    var runs = 0
    var isWide = false
    var hasTypes = false

    package init(
        input: RowDigest, whole: RowDigest, line: Int, figures: RowFigures, completion: Int = 0,
        label: LabelColumn.Cell? = nil
    ) {
        (self.input, self.whole, self.line) = (input, whole, line)
        (self.figures, self.completion, self.label) = (figures, completion, label)
    }

    /// nil where the bytes are those of no record.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.bytes, bytes[59..<64].allSatisfy({ $0 == 0 }), bytes[56] < 32 else { return nil }
        func word(_ offset: Int) -> UInt64 {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        func number(_ offset: Int) -> Int {
            Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        }
        let flags = bytes[56]
        input = RowDigest(high: word(0), low: word(8))
        whole = RowDigest(high: word(16), low: word(24))
        line = number(32)
        figures = RowFigures(length: number(36))
        (figures.tokens, figures.labels, figures.cutLabels) = (number(40), number(44), number(48))
        (isWide, figures.isDropped) = (flags & 1 != 0, flags & 2 != 0)
        (figures.doublesBeginning, figures.doublesEnd) = (flags & 4 != 0, flags & 8 != 0)
        hasTypes = flags & 16 != 0
        runs = number(52)
        completion = Int(bytes[57])
        switch (bytes[58], word(64)) {
        case (0, 0): label = nil
        case (1, let place) where place <= UInt64(UInt32.max): label = .name(Int(place))
        case (2, let number): label = .number(Int(Int64(bitPattern: number)))
        case (3, let bits): label = .value(Double(bitPattern: bits))
        default: return nil
        }
        guard figures.tokens <= figures.length, figures.labels <= figures.tokens, runs <= figures.labels,
            (runs > 0) == (figures.labels > 0), !figures.isDropped || figures.tokens == 0,
            label == nil ? !hasTypes : figures.labels <= 1, !hasTypes || figures.labels > 0
        else { return nil }
    }

    func append(to bytes: inout [UInt8]) {
        for digest in [input, whole] {
            bytes.append(littleEndian: digest.high)
            bytes.append(littleEndian: digest.low)
        }
        for number in [line, figures.length, figures.tokens, figures.labels, figures.cutLabels, runs] {
            bytes.append(littleEndian: UInt32(number))
        }
        bytes.append(
            (isWide ? 1 : 0) | (figures.isDropped ? 2 : 0) | (figures.doublesBeginning ? 4 : 0)
                | (figures.doublesEnd ? 8 : 0) | (hasTypes ? 16 : 0))
        bytes.append(UInt8(completion))
        let (kind, word): (UInt8, UInt64) =
            switch label {
            case nil: (0, 0)
            case .name(let place): (1, UInt64(place))
            case .number(let number): (2, UInt64(bitPattern: Int64(number)))
            case .value(let value): (3, value.bitPattern)
            }
        bytes.append(kind)
        bytes += [0, 0, 0, 0, 0]
        bytes.append(littleEndian: word)
    }

    /// What stands behind the record; nothing of a row that is left out.
    var shape: RowShape {
        guard figures.labels > 0 else { return RowShape() }
        return RowShape(
            tokens: UInt32(figures.tokens), labels: UInt32(figures.labels), runs: UInt32(runs), isWide: isWide,
            hasTypes: hasTypes, isClassified: label != nil)
    }
}

/// How a row's tokens stand behind its record, their types and the runs of its labels behind them.
struct RowShape: Sendable {
    var tokens: UInt32 = 0
    var labels: UInt32 = 0
    var runs: UInt32 = 0
    var isWide = false
    var hasTypes = false
    var isClassified = false

    private var bytesOfTokens: Int { Int(tokens) * (isWide ? 4 : 2) }
    private var bytesOfTypes: Int { hasTypes ? Int(tokens) : 0 }
    var bytes: Int { bytesOfTokens + bytesOfTypes + Int(runs) * 8 }

    /// The example that the bytes behind a record are; nil where its labels are not as many, not in order, or not there.
    ///
    /// - Parameters:
    ///   - bytes: as many as `bytes` says.
    ///   - target: what a row that is classified must be predicted to be.
    func example(_ bytes: UnsafeRawBufferPointer, target: SequenceTarget?) -> TokenizedExample? {
        func number(_ offset: Int) -> Int {
            Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        }
        let ids =
            isWide
            ? (0..<Int(tokens)).map { number($0 * 4) }
            : (0..<Int(tokens)).map {
                Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 2, as: UInt16.self)))
            }
        let first = bytesOfTokens + bytesOfTypes
        var positions: [Int] = []
        positions.reserveCapacity(Int(labels))
        // Each label of predicted tokens has a token behind it.
        let end = isClassified ? ids.count : ids.count - 1
        for run in 0..<Int(runs) {
            let (start, count) = (number(first + 8 * run), number(first + 8 * run + 4))
            guard count > 0, start > positions.last ?? -1, start + count <= end, positions.count + count <= labels
            else { return nil }
            positions.append(contentsOf: start..<(start + count))
        }
        guard positions.count == labels else { return nil }
        guard isClassified, let position = positions.first else {
            return TokenizedExample(tokens: ids, labelPositions: positions)
        }
        let types = hasTypes ? bytes[bytesOfTokens..<first].map(Int.init) : []
        return TokenizedExample(EncodedText(ids: ids, typeIDs: types), position: position, target: target)
    }
}
