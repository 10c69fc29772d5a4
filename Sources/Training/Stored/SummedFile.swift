import Common
import Digests
import Foundation
import ModelFiles

/// A file that `SummedFileWriter` wrote.
struct SummedFile: Sendable {
    let file: RandomAccessFile
    /// Where the body stands.
    let body: Range<Int>
    private let kind: SummedFileKind

    private static let bytesOfSum = 32
    private static let mostNotes = 64 << 20
    private static let piece = 1 << 20

    /// Opens a file and sums all of it.
    ///
    /// - Throws: `TrainingError.malformed` for a file that is cut off or damaged, or of another kind; `ModelFilesError`
    ///   where it cannot be read.
    init(_ path: String, _ kind: SummedFileKind) throws {
        self.kind = kind
        file = try RandomAccessFile(path)
        let head = kind.head
        guard file.size >= head.count + 8 + Self.bytesOfSum else { throw kind.fault(path) }
        let summed = file.size - Self.bytesOfSum
        try Self.checkSum(of: file, summed, kind)
        guard try file.bytes(at: 0, count: head.count) == Data(head) else { throw kind.fault(path) }
        let length = try file.bytes(at: summed - 8, count: 8).withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))
        }
        guard length <= Self.mostNotes, Int(length) <= summed - 8 - head.count else { throw kind.fault(path) }
        body = head.count..<(summed - 8 - Int(length))
    }

    /// The notes behind the body.
    ///
    /// - Throws: as `init`.
    func notes<Notes: Decodable>(_ type: Notes.Type = Notes.self) throws -> Notes {
        let text = try file.bytes(at: body.upperBound, count: file.size - Self.bytesOfSum - 8 - body.upperBound)
        guard let notes = try? JSONCoding.decoder().decode(Notes.self, from: text) else { throw kind.fault(file.path) }
        return notes
    }

    private static func checkSum(of file: RandomAccessFile, _ summed: Int, _ kind: SummedFileKind) throws {
        var hasher = SHA256()
        for start in stride(from: 0, to: summed, by: piece) {
            hasher.update(try file.bytes(at: start, count: min(piece, summed - start)))
        }
        let sum = try file.bytes(at: summed, count: bytesOfSum)
        guard sum == Data(hasher.finish()) else { throw kind.fault(file.path) }
    }
}

extension SummedFileKind {
    func fault(_ path: String) -> TrainingError { TrainingError(.malformed, "\(path) is damaged, or no \(name).") }
}
