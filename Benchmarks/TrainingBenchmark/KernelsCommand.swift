import ArgumentParser
import BenchmarkSupport
import Tensors

/// Each kernel against what bounds it.
struct KernelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernels", abstract: "A table of each kernel's time over the least that its bound allows.")

    @OptionGroup var base: BaseOptions

    @Option(help: "Seconds for each kernel.")
    var seconds = 0.3

    @Option(help: "Only kernels whose name contains this.")
    var only: String?

    @Flag(help: "JSON on standard output.")
    var json = false

    func run() throws {
        if let threads = base.threads { Threads.configure(threads) }
        let cases = KernelCase.all.filter { kernel in only.map { kernel.name.contains($0) } ?? true }
        let ceilings = Ceilings.measure(try base.source().configuration, rows: [1024], seconds: seconds)
        let results = cases.map { kernel in
            let call = kernel.prepare()
            return KernelResult(
                kernel, seconds: Ceilings.medianSeconds(atLeast: seconds, call), ceilings: ceilings)
        }
        if json { return try JSONOutput.print(KernelsReport(ceilings: ceilings, kernels: results)) }
        for result in results {
            let share = result.shareOfBound.map { "\(JSONOutput.rounded(100 * $0))% of its bound" } ?? "–"
            print("\(result.name): \(JSONOutput.rounded(1e6 * result.seconds)) µs, \(share) (\(result.bound))")
        }
    }
}

/// What `kernels` prints.
struct KernelsReport: Encodable {
    let ceilings: Ceilings
    let kernels: [KernelResult]
}

/// One kernel's median time.
struct KernelResult: Encodable {
    let name: String
    let bound: String
    let seconds: Double
    let boundSeconds: Double?
    let shareOfBound: Double?

    init(_ kernel: KernelCase, seconds: Double, ceilings: Ceilings) {
        name = kernel.name
        self.seconds = seconds
        boundSeconds = kernel.boundSeconds(ceilings)
        shareOfBound = boundSeconds.map { $0 / seconds }
        switch kernel.bound {
        case .bytes(let bytes): bound = "\(JSONOutput.rounded(bytes / 1e6)) MB"
        case .operations(let operations, let dtype):
            bound = "\(JSONOutput.rounded(operations / 1e9)) GFLOP, \(dtype.rawValue)"
        }
    }
}
