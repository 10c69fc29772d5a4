import ModelFiles
import Tensors

/// Reads all that a tensor source describes.
enum TensorReading {
    typealias Read = (info: TensorInfo, matrix: Matrix)

    /// Every tensor of a readable type, by name; the others are refused.
    ///
    /// - Parameter fileBytes: no description may announce more elements than the file can hold at two bits each.
    static func all(_ source: some TensorSource, fileBytes: Int) throws -> [Read] {
        var read: [Read] = []
        for (name, info) in source.tensors.sorted(by: { ExactString($0.key) < ExactString($1.key) }) {
            try require(name == info.name, "the tensor \(info.name) is filed under \(name)")
            try require(info.elementCount / 4 <= fileBytes, "\(info.elementCount) elements in \(fileBytes) bytes")
            let matrix = Matrix(rows: info.rows, columns: info.columns)
            let isRead = try accepted { try source.read(name, into: matrix) } != nil
            try require(isRead == info.dtype.isReadable, "\(info.dtype) was \(isRead ? "read" : "refused")")
            if isRead { read.append((info, matrix)) }
        }
        return read
    }

    static func isOfSensibleShape(_ read: Read) -> Bool { read.info.shape.allSatisfy { $0 < 1 << 40 } }

    static func requireEqual(_ first: [Read], _ second: [Read]) throws {
        try require(first.map(\.info.name) == second.map(\.info.name), "other tensors were read back")
        for (a, b) in zip(first, second) {
            try require(a.info.shape == b.info.shape, "\(a.info.name) was read back in another shape")
            let equal = zip(a.matrix.values, b.matrix.values).allSatisfy { $0.bitPattern == $1.bitPattern }
            try require(equal, "\(a.info.name) was read back with other elements")
        }
    }
}
