import Datasets
import ModelFiles

/// Tables of comma- and tab-separated values.
package struct TableTarget: FuzzTarget {
    package static let name = "table"

    private let scratch: ScratchFolder

    package init() throws { scratch = try ScratchFolder() }

    package func check(_ bytes: [UInt8]) throws {
        for (name, separator) in [("rows.csv", ","), ("rows.tsv", "\t")] {
            let path = try scratch.write(bytes, as: name)
            guard let file = try accepted({ try DataFile.read(path) }) else { continue }
            try require(file.lines.count <= bytes.count, "\(file.lines.count) rows in \(bytes.count) bytes")
            for (line, next) in zip(file.lines, file.lines.dropFirst()) {
                try require(line.number < next.number, "line \(next.number) after \(line.number)")
            }
            try checkWritten(file, separator, name)
            _ = try accepted { try TrainingRowReader.read(file.laidOut().file, format: nil).rows }
            _ = try accepted { try LabelledRows.read(file) }
        }
    }

    /// Written with every field in quotes, the rows read back as they were.
    private func checkWritten(_ file: RowFile, _ separator: String, _ name: String) throws {
        guard let keys = file.lines.first?.keys else { return }
        // Behind the quote a NUL looks as UTF-16 does, which is refused by name.
        guard keys.first?.utf8.first != 0 else { return }
        func record(_ fields: [String]) -> String {
            fields.map { field in
                "\"" + String(decoding: field.utf8.flatMap { $0 == 0x22 ? [$0, $0] : [$0] }, as: UTF8.self) + "\""
            }.joined(separator: separator) + "\r\n"
        }
        let rows = try file.lines.map { line in try keys.map { try line.value($0)?.stringValue ?? "" } }
        let text = record(keys) + rows.map(record).joined()
        let again = try DataFile.read(try scratch.write([UInt8](text.utf8), as: name))
        try require(again.lines.count == rows.count, "\(again.lines.count) rows of \(rows.count)")
        for (line, row) in zip(again.lines, rows) {
            let read = try keys.map { try line.value($0)?.stringValue ?? "" }
            try require(
                zip(read, row).allSatisfy { $0.utf8.elementsEqual($1.utf8) }, "line \(line.number) reads otherwise")
        }
    }
}
