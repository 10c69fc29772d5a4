import Datasets

/// What a file of tokenized rows says of one row, before its tokens; 64 bytes, all numbers little-endian:
///
/// | bytes | |
/// |---|---|
/// | 0–15, 16–31 | `input` and `whole`, each the high word first |
/// | 32 | u32: the line in the file of rows |
/// | 36, 40, 44, 48 | u32: tokens before and after what is cut, labels, labels cut off |
/// | 52 | u32: runs of labels |
/// | 56 | u8: flags, from the lowest bit: ids are of 4 bytes and not of 2, dropped, doubled beginning, doubled end |
/// | 57 | u8: the number of its completion from 1, or 0 |
/// | 58–63 | 0 |
///
/// Of a row with labels the token ids follow, and then two u32 for each run: the first position and how many there are.
package struct RowRecord: Sendable, Equatable {
    static let bytes = 64

    /// What is given of the row, and all of it.
    package var input: RowDigest
    package var whole: RowDigest
    /// In the file of rows, from 1.
    package var line: Int
    package var figures: RowFigures
    /// The place of the row's completion among those of the notes, from 1; 0 where they do not list it.
    package var completion: Int
    var runs = 0
    var isWide = false

    package init(input: RowDigest, whole: RowDigest, line: Int, figures: RowFigures, completion: Int = 0) {
        (self.input, self.whole, self.line) = (input, whole, line)
        (self.figures, self.completion) = (figures, completion)
    }

    var bytesOfTokens: Int { figures.labels > 0 ? figures.tokens * (isWide ? 4 : 2) : 0 }
    var bytesOfRuns: Int { figures.labels > 0 ? runs * 8 : 0 }

    /// nil where the bytes are those of no record.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.bytes, bytes[58...].allSatisfy({ $0 == 0 }), bytes[56] < 16 else { return nil }
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
        runs = number(52)
        completion = Int(bytes[57])
        guard figures.tokens <= figures.length, figures.labels <= figures.tokens, runs <= figures.labels,
            (runs > 0) == (figures.labels > 0), !figures.isDropped || figures.tokens == 0
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
                | (figures.doublesEnd ? 8 : 0))
        bytes.append(UInt8(completion))
        bytes += [0, 0, 0, 0, 0, 0]
    }
}

extension [UInt8] {
    mutating func append(littleEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}
