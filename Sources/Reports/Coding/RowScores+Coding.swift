import Common
import Foundation

extension RowScores {
    /// Longer lines are not of a file that was written here.
    private static let longestLine = 4_096

    /// The file's bytes.
    ///
    /// - Throws: `EncodingError` where a loss is not finite.
    package func encoded() throws -> Data {
        let encoder = JSONCoding.encoder(.line)
        var data = try encoder.encode(header)
        data.append(UInt8(ascii: "\n"))
        for row in rows {
            data += try encoder.encode(row)
            data.append(UInt8(ascii: "\n"))
        }
        return data
    }

    /// Reads a file back; nil where it is of another version, is not whole, or has more rows or longer lines than are
    /// written.
    package init?(_ data: Data) {
        let decoder = JSONCoding.decoder()
        var lines = data.split(separator: UInt8(ascii: "\n"), maxSplits: Self.most + 1)[...]
        guard data.count <= Self.largestSize, let first = lines.popFirst(), first.count <= 8 * Self.longestLine,
            let header = try? decoder.decode(Header.self, from: first), header.version == 1,
            header.rows == lines.count, lines.count <= Self.most
        else { return nil }
        var rows: [Row] = []
        rows.reserveCapacity(lines.count)
        for line in lines {
            guard line.count <= Self.longestLine, let row = try? decoder.decode(Row.self, from: line),
                row.tokens >= 0, row.base.loss.isFinite, row.adapter.loss.isFinite, row.parent?.loss.isFinite ?? true
            else { return nil }
            rows.append(row)
        }
        self.init(header, rows)
    }
}
