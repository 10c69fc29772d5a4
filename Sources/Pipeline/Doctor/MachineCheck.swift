import Common
import Foundation
import Tensors

/// Processor, threads, memory, and what computes on them.
package enum MachineCheck {
    /// What speeds matrix products up, slowest first, as Linux names it on x86-64 and on arm64.
    private static let helpful = [
        "avx2", "fma", "f16c", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_bf16", "asimd", "sve", "bf16",
        "i8mm",
    ]

    /// The machine's memory.
    package static var memoryBytes: Int { MachineInfo.physicalMemoryBytes }

    /// The threads that are computed with.
    package static var threadCount: Int { Threads.count }

    /// All of it, in the order in which it is shown.
    package static func findings() -> [Finding] {
        let cpuInfo = read("/proc/cpuinfo")
        let float32Variant = KernelVariant.runnable.last { $0 != KernelVariant.chosen }
        return [
            Finding("cpu", MachineInfo.cpuName), features(cpuInfo),
            kernels(KernelVariant.chosen.name, of: KernelVariant.runnable.map(\.name)),
            bfloat16(ProductSpeed.bfloat16OverFloat32(), elsewhere: float32Variant?.name),
            threads(Threads.count, cores: ProcessInfo.processInfo.activeProcessorCount), memory(),
            core(MachineInfo.openBLASCore, cpuInfo),
            blas(MachineInfo.openBLASConfiguration, threads: Threads.count),
        ]
    }

    /// The instructions that speed products up.
    ///
    /// - Parameter cpuInfo: the text of /proc/cpuinfo.
    package static func features(_ cpuInfo: String) -> Finding {
        let all = flags(cpuInfo)
        let found = helpful.filter(all.contains)
        let isFast = all.contains("avx2") || all.contains("asimd")
        return Finding(
            "cpu_features", found.isEmpty ? "none that help" : found.joined(separator: " "), isFast ? .ok : .warning,
            advice: isFast ? nil : "Training is several times slower without AVX2; use another machine if there is one."
        )
    }

    private static func flags(_ cpuInfo: String) -> Set<String> {
        let line = cpuInfo.split(separator: "\n").first { $0.hasPrefix("flags") || $0.hasPrefix("Features") }
        return Set((line?.split(separator: ":").last ?? "").split(separator: " ").map(String.init))
    }

    /// The variant of lorad's kernels that computes, among those that run here.
    package static func kernels(_ chosen: String, of runnable: [String]) -> Finding {
        let others = runnable.filter { $0 != chosen }
        return Finding(
            "kernels",
            others.isEmpty
                ? chosen
                : "\(chosen); \(KernelVariant.environmentName) can name \(others.joined(separator: ", ")) in its place")
    }

    /// Beside float32's speed; what a busy machine measures may be that far off.
    private static let clearlySlower = 0.8

    /// What `training.dtype: bfloat16` costs and saves here.
    ///
    /// - Parameters:
    ///   - speed: the rate of products of bfloat16 over float32's; nil where the variant has none.
    ///   - elsewhere: the variant that stores bfloat16 and computes in float32, where this CPU has one.
    package static func bfloat16(_ speed: Double?, elsewhere: String? = nil) -> Finding {
        guard let speed else {
            return Finding(
                "bfloat16",
                "stored only: the base's frozen weights take 2 bytes a parameter in place of 4, products are float32",
                .ok,
                advice: "`training.dtype: auto` takes float32 here; set bfloat16 where memory is short.")
        }
        let value = String(
            format: "products too, at %.1f times float32's speed; `training.dtype: auto` takes it", speed)
        guard speed < clearlySlower, let elsewhere else { return Finding("bfloat16", value) }
        return Finding(
            "bfloat16", value, .warning,
            advice: "With \(KernelVariant.environmentName)=\(elsewhere) and `training.dtype: bfloat16` weights take as "
                + "little memory, and products are float32's, which are faster on this CPU.")
    }

    /// Whether every core computes, and only one thread on each.
    package static func threads(_ count: Int, cores: Int) -> Finding {
        let value = "\(count) of \(cores) cores"
        if count < cores {
            return Finding(
                "threads", value, .warning, advice: "Raise `threads` in lorad.yaml, or leave it out for one a core.")
        }
        if count > cores {
            return Finding("threads", value, .warning, advice: "Lower `threads` in lorad.yaml: they take turns.")
        }
        return Finding("threads", value)
    }

    private static func memory() -> Finding {
        let fields = read("/proc/meminfo").split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        let kilobytes = fields?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        let limit = Int(read("/sys/fs/cgroup/memory.max").trimmingCharacters(in: .whitespacesAndNewlines))
        let total = MachineInfo.physicalMemoryBytes
        var value = "\(total >> 20) MiB"
        if let kilobytes { value += ", \(kilobytes >> 10) MiB available" }
        if let limit, limit < total { value += ", limited to \(limit >> 20) MiB for this process group" }
        let usable = min(kilobytes.map { $0 << 10 } ?? total, limit ?? total)
        let isLittle = usable < 2 << 30
        return Finding(
            "memory", value, isLittle ? .warning : .ok,
            advice: isLittle ? "A base of 135 million parameters needs about 2 GiB; free some, or add some." : nil)
    }

    /// The core that OpenBLAS chose its kernels for.
    ///
    /// - Parameter cpuInfo: the text of /proc/cpuinfo.
    package static func core(_ name: String, _ cpuInfo: String) -> Finding {
        // Seen at half SkylakeX's speed on one processor and level with it on others.
        if name.lowercased() == "cooperlake" {
            return Finding(
                "openblas_core", name, .warning,
                advice: "Compare a short run with OPENBLAS_CORETYPE=SkylakeX, and keep the faster.")
        }
        // What OpenBLAS takes for an x86-64 that it does not know, at a quarter of Haswell's speed or less.
        if name.lowercased() == "prescott", let better = betterCore(flags(cpuInfo)) {
            return Finding(
                "openblas_core", name, .warning,
                advice: "OpenBLAS does not know this CPU and merges slowly; set OPENBLAS_CORETYPE=\(better).")
        }
        return Finding("openblas_core", name)
    }

    private static func betterCore(_ flags: Set<String>) -> String? {
        flags.contains("avx512f") ? "SkylakeX" : flags.contains("avx2") ? "Haswell" : nil
    }

    /// Whether OpenBLAS was built for as many threads.
    ///
    /// - Parameter configuration: OpenBLAS's version and build options.
    package static func blas(_ configuration: String, threads: Int) -> Finding {
        let word = configuration.split(separator: " ").first { $0.hasPrefix("MAX_THREADS=") }
        let most = word.flatMap { Int($0.dropFirst("MAX_THREADS=".count)) }
        guard let most, most < threads else { return Finding("openblas", configuration) }
        return Finding(
            "openblas", configuration, .warning,
            advice: "This build computes with \(most) threads at most, not \(threads); set `threads` to \(most).")
    }

    private static func read(_ path: String) -> String { KernelText.read(path) ?? "" }
}
