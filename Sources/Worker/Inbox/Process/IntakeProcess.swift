import Dispatch
import Executors
import Foundation
import Glibc
import OperatingSystem
import Synchronization

/// The process that reads what others wrote, started by `IntakeChild`: takes orders from standard input, one after the
/// other, and answers each on standard output. It has no ledger, no secret and no lock, and may die of any of them. Where the
/// kernel can confine it, what takes it over reads what manifests may name, and no more.
package enum IntakeProcess {
    /// Seconds between two signs of life.
    private static let beat = 1.0

    /// Works until its standard input ends, and then ends at once, whatever it is at: its worker is gone, or wants another.
    package static func run() throws -> Never {
        signal(SIGPIPE, SIG_IGN)
        // A service manager that sends it to every process means the worker, which ends this one.
        signal(SIGTERM, SIG_IGN)
        MemoryKiller.preferThisProcess()
        let answers = try ReportWriter()
        let commands = CommandReader()
        // While there is one thread, and before a byte is read that others wrote.
        guard let files: IntakeFiles = commands.next() else { _exit(0) }
        let sandbox = IntakeSandbox(files)
        let orders = Mutex<[IntakeOrder]>([])
        let waiting = DispatchSemaphore(value: 0)
        // Reads while the other thread works, so that the end of the input is seen in the middle of an order.
        WorkerThread.start(name: "orders", stackSize: 1 << 20) {
            while let order: IntakeOrder = commands.next() {
                orders.withLock { $0.append(order) }
                waiting.signal()
            }
            _exit(0)
        }
        answers.send(message: IntakeAnswer.ready)
        while true {
            waiting.wait()
            let order = orders.withLock { $0.removeFirst() }
            let sign = SharedTime()
            let answer = IntakeDesk.answer(order) {
                if sign.isDue(every: beat) { answers.send(message: IntakeAnswer.reading) }
            }
            answers.send(message: sandbox.judged(answer))
        }
    }
}
