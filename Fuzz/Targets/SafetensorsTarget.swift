import ModelFiles
import Tensors

/// A safetensors file.
package struct SafetensorsTarget: FuzzTarget {
    package static let name = "safetensors"

    private let scratch: ScratchFolder

    package init() throws { scratch = try ScratchFolder() }

    package func check(_ bytes: [UInt8]) throws {
        let path = try scratch.write(bytes, as: "x.safetensors")
        guard let file = try accepted({ try SafetensorsFile(path: path) }) else { return }
        // Written as F32, a shape such as [2⁶¹, 0] of a narrower type is refused.
        let matrices = try TensorReading.all(file, fileBytes: bytes.count).filter(TensorReading.isOfSensibleShape)
        guard !matrices.isEmpty else { return }
        let entries = matrices.map { TensorEntry(name: $0.info.name, matrix: $0.matrix, shape: $0.info.shape) }
        let copy = scratch.path + "/copy.safetensors"
        try SafetensorsWriter.write(entries, metadata: file.metadata, to: copy)
        let again = try SafetensorsFile(path: copy)
        try require(again.metadata == file.metadata, "the metadata does not read back as written")
        try TensorReading.requireEqual(matrices, try TensorReading.all(again, fileBytes: .max))
    }
}
