import COpenBLAS
import Common
import Foundation

/// What the numerical layer runs on, for `doctor` and a run's provenance.
package enum MachineInfo {
    /// Core that OpenBLAS chose its kernels for, such as `SkylakeX`.
    package static var openBLASCore: String { String(cString: openblas_get_corename()) }
    /// OpenBLAS's version and build options.
    package static var openBLASConfiguration: String { String(cString: openblas_get_config()) }
    /// Memory of the machine in bytes.
    package static var physicalMemoryBytes: Int { Int(clamping: ProcessInfo.processInfo.physicalMemory) }

    /// The CPU's name as the kernel reports it; its architecture where it reports none.
    package static var cpuName: String {
        let lines = KernelText.read("/proc/cpuinfo")?.split(separator: "\n") ?? []
        let name = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
        return name.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown CPU"
    }

    /// Most resident memory of this process so far, in bytes.
    package static var peakResidentBytes: Int {
        let lines = KernelText.read("/proc/self/status")?.split(separator: "\n") ?? []
        let peak = lines.first { $0.hasPrefix("VmHWM:") }?.split(separator: " ").dropFirst().first
        return peak.flatMap { Int($0) }.map { $0 * 1024 } ?? 0
    }
}
