import Benchmark
import BenchmarkSupport

/// The kernels under ordo-one's `benchmark`, for its percentiles, baselines and comparisons:
/// `swift package benchmark --target KernelBenchmarks`. Shares of bounds: `TrainingBenchmark kernels`.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput], warmupIterations: 1, maxDuration: .seconds(3), maxIterations: 1_000)
    for kernel in KernelCase.all {
        Benchmark(kernel.name) { benchmark in
            let call = kernel.prepare()
            // Data are made outside of what is measured; one call before it touches all their pages.
            call()
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations { call() }
            benchmark.stopMeasurement()
        }
    }
}
