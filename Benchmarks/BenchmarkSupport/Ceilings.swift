import CBenchmarkSupport
import Foundation
import ModelFiles
import Tensors

/// The rate of one product: y `[m, n]` over an inner dimension k.
package struct ProductRate: Encodable, Sendable {
    package let library: String
    package let dtype: String
    package let product: String
    package let m: Int
    package let n: Int
    package let k: Int
    package let gigaflopPerSecond: Double
}

/// What the machine can do at a model's shapes: the bounds that steps and kernels are held against.
package struct Ceilings: Encodable, Sendable {
    package let products: [ProductRate]
    /// The fastest of `products`, by dtype.
    package let best: [String: ProductRate]
    /// Gigabytes a second, read by all threads from memory that no cache holds.
    package let readGigabytesPerSecond: Double
    package let threads: Int

    /// Measures all products of a base's shape for each of `rows`.
    ///
    /// - Parameter seconds: spent on each product.
    package static func measure(_ shape: ModelConfiguration, rows: [Int], seconds: Double) -> Ceilings {
        var products: [ProductRate] = []
        for size in ProductSize.all(shape, rows: rows) {
            products.append(openBLAS(size, seconds: seconds))
        }
        for size in ProductSize.all(shape, rows: rows) {
            products += oneDNN(size, seconds: seconds)
        }
        if !products.contains(where: { $0.dtype == DType.bfloat16.rawValue && DType.bfloat16.compute == .bfloat16 }) {
            products = products.filter { $0.dtype != DType.bfloat16.rawValue } + inRegisters(seconds: seconds)
        }
        var best: [String: ProductRate] = [:]
        for product in products where product.gigaflopPerSecond > best[product.dtype]?.gigaflopPerSecond ?? 0 {
            best[product.dtype] = product
        }
        // Products of bfloat16 may be computed as products of float32 are, and are where that is faster.
        if let float32 = best[DType.float32.rawValue], let bfloat16 = best[DType.bfloat16.rawValue],
            float32.gigaflopPerSecond > bfloat16.gigaflopPerSecond
        {
            best[DType.bfloat16.rawValue] = float32
        }
        return Ceilings(
            products: products, best: best,
            readGigabytesPerSecond: readBandwidth(threads: Threads.count, seconds: 5 * seconds),
            threads: Threads.count)
    }

    /// Repeats `body` and gives the median of its times.
    package static func medianSeconds(atLeast seconds: Double, _ body: () throws -> Void) rethrows -> Double {
        try body()
        var times: [Double] = []
        let watch = Stopwatch()
        while times.count < 3 || watch.seconds < seconds { times.append(try Stopwatch.time(body)) }
        return Statistics.median(times) ?? .infinity
    }

    /// Sums half a gigabyte, cut among threads; the best of the passes, as STREAM reports it.
    package static func readBandwidth(threads: Int, seconds: Double) -> Double {
        let count = 128 << 20
        let values = UnsafeMutablePointer<Float>.allocate(capacity: count)
        defer { values.deallocate() }
        values.initialize(repeating: 1, count: count)
        nonisolated(unsafe) let shared = values
        let share = count / threads
        var fastest = Double.infinity
        let watch = Stopwatch()
        while watch.seconds < seconds || fastest == .infinity {
            let time = Stopwatch.time {
                DispatchQueue.concurrentPerform(iterations: threads) { thread in
                    precondition(cb_read(shared + thread * share, share) > 0)
                }
            }
            fastest = min(fastest, time)
        }
        return Double(4 * share * threads) / fastest / 1e9
    }

    /// Multiply-adds of float32 without memory, by all threads: the ceiling of both dtypes where the variant computes both
    /// in float32.
    private static func inRegisters(seconds: Double) -> [ProductRate] {
        let widths = ["x86-64-v4": 16, "x86-64-v4-bf16": 16, "x86-64-v3": 8]
        let (width, iterations) = (widths[KernelVariant.chosen.name] ?? 4, 2_000_000)
        let threads = Threads.count
        var fastest = Double.infinity
        let watch = Stopwatch()
        while watch.seconds < 5 * seconds || fastest == .infinity {
            let time = Stopwatch.time {
                DispatchQueue.concurrentPerform(iterations: threads) { _ in
                    precondition(cb_multiply_add(Int32(width), iterations) > 0)
                }
            }
            fastest = min(fastest, time)
        }
        let rate = Double(2 * 12 * width * iterations * threads) / fastest / 1e9
        return DType.allCases.map {
            ProductRate(
                library: "registers alone", dtype: $0.rawValue, product: "multiply-add", m: 12, n: width, k: iterations,
                gigaflopPerSecond: rate)
        }
    }

    private static func openBLAS(_ size: ProductSize, seconds: Double) -> ProductRate {
        let x = filled(size.m, size.k)
        // A weight lies as [out, in]: forward reads it transposed, backward as it lies.
        let weight = size.isForward ? filled(size.n, size.k) : filled(size.k, size.n)
        let y = Matrix(rows: size.m, columns: size.n)
        let time = medianSeconds(atLeast: seconds) {
            multiply(.plain(x), size.isForward ? .transposed(weight) : .plain(weight), into: y)
        }
        return size.rate("OpenBLAS", "float32", seconds: time)
    }

    private static func oneDNN(_ size: ProductSize, seconds: Double) -> [ProductRate] {
        [(OneDNNProduct.Operands.float32, false), (.bfloat16, false), (.bfloat16, true)].compactMap { type, rounded in
            // A CPU or a build of oneDNN without the type has no such ceiling.
            guard
                let product = try? OneDNNProduct(
                    m: size.m, n: size.n, k: size.k, operands: type, rounded: rounded),
                let time = try? medianSeconds(atLeast: seconds, product.run)
            else { return nil }
            return size.rate(
                rounded ? "oneDNN packed, bfloat16 result" : "oneDNN packed", type.rawValue, seconds: time)
        }
    }

    private static func filled(_ rows: Int, _ columns: Int) -> Matrix {
        let matrix = Matrix(rows: rows, columns: columns)
        for row in 0..<rows {
            matrix.withRow(row) { values in
                for column in values.indices { values[column] = Float((row + 3 * column) % 17 - 8) / 64 }
            }
        }
        return matrix
    }
}

/// One of the products that a training step consists of.
struct ProductSize {
    let name: String
    let m: Int
    let n: Int
    let k: Int
    let isForward: Bool

    /// Forward and backward of every projection for each number of rows, and of the head for a block of rows.
    static func all(_ shape: ModelConfiguration, rows: [Int]) -> [ProductSize] {
        let queries = shape.heads * shape.headDim
        let mixed = queries + 2 * shape.keyValueHeads * shape.headDim
        let projections = [
            ("q k v", mixed, shape.hiddenSize), ("output", shape.hiddenSize, queries),
            ("gate up", 2 * shape.intermediateSize, shape.hiddenSize),
            ("down", shape.hiddenSize, shape.intermediateSize),
        ]
        let sized =
            rows.flatMap { count in projections.map { (count, $0) } }
            + [(128, ("head", shape.vocabularySize, shape.hiddenSize))]
        return sized.flatMap { count, projection in
            let (name, outputs, inputs) = projection
            return [
                ProductSize(name: name + " forward", m: count, n: outputs, k: inputs, isForward: true),
                ProductSize(name: name + " backward", m: count, n: inputs, k: outputs, isForward: false),
            ]
        }
    }

    func rate(_ library: String, _ dtype: String, seconds: Double) -> ProductRate {
        ProductRate(
            library: library, dtype: dtype, product: name, m: m, n: n, k: k,
            gigaflopPerSecond: 2 * Double(m) * Double(n) * Double(k) / seconds / 1e9)
    }
}
