import Compression
import Foundation

/// Files that gzip and zstd are said to have compressed.
package struct CompressionTarget: FuzzTarget {
    package static let name = "compression"
    private static let limit = 4 << 20

    package init() throws {}

    package func check(_ bytes: [UInt8]) throws {
        let data = Data(bytes)
        for format in Compression.allCases {
            guard let unpacked = try accepted({ try format.unpack(data, limit: Self.limit) }) else { continue }
            try require(unpacked.count <= Self.limit, "\(unpacked.count) bytes unpacked")
            try require(try format.unpack(data, limit: Self.limit) == unpacked, "unpacked twice it is not the same")
            for other in [data.dropLast(), data + [0]] {
                let isTaken = try accepted { try format.unpack(other, limit: Self.limit) } != nil
                try require(!isTaken, "taken with \(other.count) bytes as with \(data.count)")
            }
        }
    }
}
