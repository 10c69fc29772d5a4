import Foundation

/// What a data file is where it is no file of JSON lines, told by its first bytes and not by its name.
struct DataFileKind {
    /// Goes on "FILE is …".
    let name: String
    let command: ConvertingCommand?

    private let isTable: Bool

    /// nil: nothing speaks against JSON lines, or a table.
    ///
    /// - Parameter isTable: whether one is expected, as the file's name says.
    init?(_ bytes: UnsafeRawBufferPointer, isTable: Bool = false) {
        let kind = Self.packed(bytes) ?? Self.wide(bytes) ?? (isTable ? nil : Self.text(bytes))
        guard let (name, command) = kind else { return nil }
        self.name = name
        self.command = command
        self.isTable = isTable
    }

    /// - Parameter path: as the message names it.
    func error(_ path: String) -> DatasetsError {
        DatasetsError(
            .malformed,
            "\(path) is \(name); a \(isTable ? "table of text" : "file with one JSON object a line") is expected.",
            advice: command?.advice(path) ?? "Check where the file came from.")
    }

    /// Formats that begin with a signature.
    private static func packed(_ bytes: UnsafeRawBufferPointer) -> (String, ConvertingCommand?)? {
        let signatures: [(signature: [UInt8], name: String, command: ConvertingCommand?)] = [
            ([0x1F, 0x8B], "compressed by gzip", .gzip),
            ([UInt8]("BZh".utf8), "compressed by bzip2", .bzip2),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "compressed by xz", .xz),
            ([0x28, 0xB5, 0x2F, 0xFD], "compressed by zstd", .zstandard),
            ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive", .zip),
            ([UInt8]("PAR1".utf8), "a Parquet file", .parquet),
            ([UInt8]("ARROW1".utf8), "an Arrow file", .arrow),
            (
                [UInt8]("version https://git-lfs.github.com/spec/".utf8),
                "a pointer to a file in Git LFS, and not that file", .gitLFS
            ),
        ]
        return signatures.first { bytes.starts(with: $0.signature) }.map { ($0.name, $0.command) }
    }

    /// Text in units of 16 or 32 bits, with a byte order mark or without.
    private static func wide(_ bytes: UnsafeRawBufferPointer) -> (String, ConvertingCommand?)? {
        let head = Array(bytes.prefix(4))
        guard head.count == 4 else { return nil }
        if head == [0xFF, 0xFE, 0, 0] || head == [0, 0, 0xFE, 0xFF] { return ("text in UTF-32", .utf32) }
        let isMarked = head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF])
        let isBare =
            (head[0] == 0) != (head[1] == 0) && (head[2] == 0) == (head[0] == 0) && (head[3] == 0) == (head[1] == 0)
        return isMarked || isBare ? ("text in UTF-16", .utf16) : nil
    }

    /// Other text, by its first line.
    private static func text(_ bytes: UnsafeRawBufferPointer) -> (String, ConvertingCommand?)? {
        guard let start = bytes.firstIndex(where: { !JSONLines.isBlank($0) && $0 != UInt8(ascii: "\n") }) else {
            return nil
        }
        let body = bytes[start...]
        let line = body.prefix { $0 != UInt8(ascii: "\n") }
        switch bytes[start] {
        case UInt8(ascii: "{"):
            // Inside a row a carriage return can only be white space, so two rows can tell.
            let isOne = line.endIndex == body.endIndex && line.contains(UInt8(ascii: "\r"))
            let next = line.split(separator: UInt8(ascii: "\r")).dropFirst().first { !$0.allSatisfy(JSONLines.isBlank) }
            return isOne && next?.first == UInt8(ascii: "{")
                ? ("text whose lines end in a carriage return alone", .carriageReturns) : nil
        case UInt8(ascii: "["):
            let lines = body.split(separator: UInt8(ascii: "\n")).prefix(2)
            let closed = line.last { !JSONLines.isBlank($0) } == UInt8(ascii: "]")
            // Rows that are arrays are a fault of the rows, and no document.
            return closed && lines.count == 2 && lines.last?.first == UInt8(ascii: "[")
                ? nil : ("one JSON array", .array)
        case UInt8(ascii: "<"): return ("a page of HTML or XML", nil)
        default: return table(String(decoding: line.prefix(4096), as: UTF8.self))
        }
    }

    /// A table whose header names a column that rows have.
    private static func table(_ header: String) -> (String, ConvertingCommand?)? {
        let known = RowFormat.allCases.flatMap(\.keys) + RowFormat.labelledKeys + ["instruction", "output"]
        for (separator, name, command) in [
            (Character(","), "a table of comma-separated values (CSV)", ConvertingCommand.commaSeparated),
            ("\t", "a table of tab-separated values", .tabSeparated),
        ] {
            let columns = header.split(separator: separator).map {
                $0.trimmingCharacters(in: CharacterSet(charactersIn: " \"\r")).lowercased()
            }
            if columns.count > 1, columns.contains(where: known.contains) { return (name, command) }
        }
        return nil
    }
}
