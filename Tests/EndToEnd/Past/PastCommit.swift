import Foundation
import ModelFiles
import TestSupport
import Testing

/// What an earlier commit's lorad left behind, `Tests/Fixtures/past/COMMIT`; see PROVENANCE.md there.
struct PastCommit: CustomTestStringConvertible, Sendable {
    let name: String

    /// Every one that was kept; a folder that vanishes from the fixtures fails the tests.
    static let all = [PastCommit(name: "21e726e")]

    var testDescription: String { name }

    func path(_ file: String) -> String { Fixtures.path("past/\(name)/\(file)") }

    /// A working folder with the bases, rows and manifests of that commit.
    func prepare(_ folder: String) throws -> LoradProcess {
        let lorad = try LoradProcess(folder: folder)
        try FileManager.default.copyItem(
            atPath: Fixtures.path("classifiers/bert-pair/base"), toPath: "\(folder)/pairs")
        try FileManager.default.removeItem(atPath: "\(folder)/data")
        try FileManager.default.copyItem(atPath: path("rows"), toPath: "\(folder)/data")
        let manifests = try FileManager.default.contentsOfDirectory(atPath: path("")).filter { $0.hasSuffix(".yaml") }
        try #require(manifests.count == 5)
        for manifest in manifests {
            try FileManager.default.copyItem(atPath: path(manifest), toPath: "\(folder)/\(manifest)")
        }
        return lorad
    }

    /// Whether products round here as they did there: the same bits are promised by one variant of the kernels alone.
    func roundsAlike(_ lorad: LoradProcess) throws -> Bool {
        let here = try JSONReader.parse(lorad.run("doctor", "--json").output, name: "doctor")
        let there = try JSONReader.parse(file: path("machine.json"))
        let isForced = ProcessInfo.processInfo.environment["LORAD_KERNELS"] != nil
        return variant(here, isForced: isForced) == variant(there, isForced: false)
    }

    /// The kernels that a machine computes with. `21e726e` did not name the one that has bfloat16 products apart.
    private func variant(_ machine: JSONValue, isForced: Bool) -> String {
        let words = machine["kernels"]?.stringValue?.split { " ,;".contains($0) } ?? []
        let name = words.first.map(String.init) ?? ""
        let hasProducts = machine["cpu_features"]?.stringValue?.contains("avx512_bf16") == true
        return name == "x86-64-v4" && hasProducts && !isForced ? name + "-bf16" : name
    }

    /// Holds an adapter made now to the one published then: the same bits, or on other kernels a distance that
    /// rounding explains.
    ///
    /// Other sums in float32 moved these adapters by 8e-7 of their norm, and bfloat16 products by 6e-2, which is what a
    /// CPU without them may be away from an adapter made with them.
    func expectAdapter(_ file: String, equals run: String, _ lorad: LoradProcess) throws {
        let now = try TensorBytes(path: "\(lorad.folder)/\(file)")
        let then = try TensorBytes(path: path("runs/\(run)/adapter_model.safetensors"))
        #expect(now.layout == then.layout, "\(file)")
        if try roundsAlike(lorad) {
            #expect(now.bytes == then.bytes, "\(file) holds other bits than \(run)")
        } else {
            let distance = try #require(now.distance(to: then))
            let tolerance = run.hasSuffix("bfloat16") ? 0.12 : 1e-4
            #expect(distance <= tolerance, "\(file) is \(distance) from \(run)")
        }
    }
}

/// The tensors of a safetensors file, without its metadata: that names the tokenizer's hash, whose definition may change.
struct TensorBytes {
    /// Name, dtype, shape and place of every tensor.
    let layout: [String: String]
    let bytes: Data

    init(path: String) throws {
        let file = try Data(contentsOf: URL(fileURLWithPath: path))
        try #require(file.count > 8)
        let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = try JSONSerialization.jsonObject(with: file[8..<(8 + length)]) as? [String: Any]
        layout = try #require(header).filter { $0.key != "__metadata__" }.mapValues { value in
            let data = try? JSONSerialization.data(withJSONObject: value, options: .sortedKeys)
            return String(decoding: data ?? Data(), as: UTF8.self)
        }
        bytes = Data(file[(8 + length)...])
        try #require(!layout.isEmpty && !bytes.isEmpty)
    }

    /// The Euclidean distance of the float32 values over the norm of the other's; nil where there are more or fewer.
    func distance(to other: TensorBytes) -> Double? {
        guard bytes.count == other.bytes.count else { return nil }
        let (mine, others) = (values, other.values)
        let difference = zip(mine, others).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let norm = others.reduce(0) { $0 + $1 * $1 }
        return (difference / norm).squareRoot()
    }

    private var values: [Double] {
        bytes.withUnsafeBytes { raw in
            stride(from: 0, to: raw.count - 3, by: 4).map {
                Double(raw.loadUnaligned(fromByteOffset: $0, as: Float.self))
            }
        }
    }
}
