import Common
import Executors
import Foundation
import Glibc
import ModelFiles
import OperatingSystem
import Pipeline

/// The process that makes one export, started by `ExportChild`: it takes its order from standard input and answers on
/// standard output. Base and adapter are bytes that others may have written: it reads them alone, writes beside its output
/// alone, and has no ledger, no secret and no lock.
package enum ExportProcess {
    /// Seconds between two signs of life.
    private static let beat = 1.0

    /// Makes the export and ends. Where the worker dies first, this process ends at once.
    package static func run(configureThreads: (Int) -> Void) throws -> Never {
        signal(SIGPIPE, SIG_IGN)
        // A service manager that sends it to every process means the worker, which ends this one.
        signal(SIGTERM, SIG_IGN)
        MemoryKiller.preferThisProcess()
        let answers = try ReportWriter()
        let commands = CommandReader()
        // While there is one thread, and before a byte is read that others wrote.
        guard let order: ExportOrder = commands.next() else { _exit(0) }
        _ = Confinement.apply(reads: order.reads + SystemFiles.named, writes: order.writes)
        configureThreads(order.threads ?? ProcessInfo.processInfo.activeProcessorCount)
        WorkerThread.start(name: "orders", stackSize: 1 << 20) {
            while let _: ExportOrder = commands.next() {}
            _exit(0)
        }
        let done = Bell()
        WorkerThread.start(name: "export", stackSize: 64 << 20) {
            answers.send(message: answer(order, answers))
            done.finish()
        }
        done.waitUntilFinished()
        _exit(0)
    }

    private static func answer(_ order: ExportOrder, _ answers: ReportWriter) -> ExportAnswer {
        let sign = SharedTime()
        let reporter = JobReporter { _ in
            if sign.isDue(every: beat) { answers.send(message: ExportAnswer.working) }
        }
        do {
            let outcome = try AdapterExport(
                name: order.name, base: order.base, adapter: order.adapter,
                to: ExportTargets.named(order.form.rawValue), options: order.options,
                hashCache: HashCache(known: nil, found: FoundHashes()), reporter: reporter
            ).run(to: order.output)
            return .exported(words(outcome))
        } catch {
            return .failed(ErrorLines.of(error))
        }
    }

    private static func words(_ outcome: ExportOutcome) -> String {
        let bytes = outcome.files.reduce(0) { $0 + $1.bytes }
        let loss = outcome.loss.map {
            ", mean KL \(FigureFormat.significant($0.meanKL)) of the adapter's \(FigureFormat.significant($0.adapterKL))"
        }
        return "\(outcome.files.count) files, \(bytes >> 20) MiB" + (outcome.dtype.map { ", \($0)" } ?? "")
            + (loss ?? "")
    }
}
