import ArgumentParser
import BenchmarkSupport
import Tensors

/// What the machine can do at a base's shapes.
struct CeilingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ceilings", abstract: "Best matmul rate by dtype at a base's shapes, and read bandwidth.")

    @OptionGroup var base: BaseOptions

    @Option(help: "Rows of the products, separated by commas.")
    var tokens = "512,1024,2048"

    @Option(help: "Seconds for each product.")
    var seconds = 0.3

    @Flag(help: "JSON on standard output.")
    var json = false

    func run() throws {
        if let threads = base.threads { Threads.configure(threads) }
        let rows = tokens.split(separator: ",").compactMap { Int($0) }
        let ceilings = Ceilings.measure(try base.source().configuration, rows: rows, seconds: seconds)
        if json { return try JSONOutput.print(ceilings) }
        for product in ceilings.products {
            print(
                "\(product.m)×\(product.n)×\(product.k) \(product.product), \(product.dtype), \(product.library): "
                    + "\(JSONOutput.rounded(product.gigaflopPerSecond)) GFLOP/s")
        }
        for (dtype, product) in ceilings.best.sorted(by: { $0.key < $1.key }) {
            print("best \(dtype): \(JSONOutput.rounded(product.gigaflopPerSecond)) GFLOP/s (\(product.library))")
        }
        print("read: \(JSONOutput.rounded(ceilings.readGigabytesPerSecond)) GB/s with \(ceilings.threads) threads")
    }
}
