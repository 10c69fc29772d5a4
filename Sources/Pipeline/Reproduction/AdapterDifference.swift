import ModelFiles
import Tensors

/// How far the tensors of two safetensors files, or of several, are from each other.
struct AdapterDifference: Equatable {
    /// Of both files together.
    let count: Int
    /// Tensors that are not the same elements, or in one file alone.
    let differing: Int
    /// The largest difference of two elements; nil where none differs, or a tensor is in one file alone or of another
    /// shape.
    let largest: Double?

    /// - Parameter pairs: of files, at least one.
    init(_ pairs: [(String, String)]) throws {
        let all = try pairs.map { try AdapterDifference($0.0, $0.1) }
        count = all.reduce(0) { $0 + $1.count }
        differing = all.reduce(0) { $0 + $1.differing }
        let isComparable = all.allSatisfy { $0.differing == 0 || $0.largest != nil }
        largest = isComparable ? all.compactMap(\.largest).max() : nil
    }

    init(_ first: String, _ second: String) throws {
        let files = try [SafetensorsFile(path: first), SafetensorsFile(path: second)]
        let names = Set(files[0].tensors.keys).union(files[1].tensors.keys)
        count = names.count
        var (differing, largest, isComparable) = (0, 0.0, true)
        for name in names {
            guard let old = files[0].tensors[name], let new = files[1].tensors[name], old.shape == new.shape else {
                differing += 1
                isComparable = false
                continue
            }
            let matrices = try files.map { file in
                let matrix = Matrix(rows: old.rows, columns: old.columns)
                try file.read(name, into: matrix)
                return matrix
            }
            let difference = (0..<old.rows).reduce(0.0) { most, row in
                matrices[0].withRow(row) { one in
                    matrices[1].withRow(row) { other in
                        zip(one, other).reduce(most) { max($0, abs(Double($1.0) - Double($1.1))) }
                    }
                }
            }
            if difference != 0 { differing += 1 }
            largest = max(largest, difference)
        }
        self.differing = differing
        self.largest = differing > 0 && isComparable ? largest : nil
    }
}
