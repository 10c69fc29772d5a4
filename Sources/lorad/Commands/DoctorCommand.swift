import ArgumentParser
import Foundation
import Tensors

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows what this machine has.")

    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let configuration = try worker.load()
        var facts = [
            ("cpu", MachineInfo.cpuName), ("kernels", MachineInfo.kernelVariant), ("threads", "\(Threads.count)"),
            ("memory", "\(MachineInfo.physicalMemoryBytes >> 20) MiB"), ("openblas_core", MachineInfo.openBLASCore),
            ("openblas", MachineInfo.openBLASConfiguration),
        ]
        for (name, folder) in [
            ("inbox", configuration.inbox), ("outbox", configuration.outbox), ("state", configuration.state),
        ] {
            let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
            let free = (attributes?[.systemFreeSize] as? Int).map { "\($0 >> 20) MiB free" }
            let writable = FileManager.default.isWritableFile(atPath: folder)
            facts.append(
                (
                    name,
                    free.map { "\(folder), \($0), \(writable ? "writable" : "NOT writable")" }
                        ?? "\(folder) does not exist"
                ))
        }
        if json { return try Output.json(Dictionary(uniqueKeysWithValues: facts)) }
        for (name, value) in facts { print("\(name): \(value)") }
    }
}
