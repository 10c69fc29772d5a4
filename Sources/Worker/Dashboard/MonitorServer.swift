import Common
import Foundation
import Glibc
import OperatingSystem
import Synchronization

/// `/healthz` and `/metrics` over HTTP on 127.0.0.1, on a thread of its own.
///
/// Every account of the machine can connect. A library's server (FlyingFox, until this one) kept connections, headers and
/// half-sent requests without a bound that could be set from outside, and ended where accept(2) found no descriptor: one
/// account could so end the worker. What is answered here is small enough to be bounded whole, see `HTTPLimits`.
///
/// It looks after itself: a port that cannot be listened on is told of once and tried again, and the worker goes on.
package final class MonitorServer: Sendable {
    private let port: UInt16
    private let pages: MonitorPages
    private let limits: HTTPLimits
    private let log: @Sendable (String) -> Void
    private let wake: SelfPipe
    private let bell = Bell()
    private let troubles: Troubles
    private let listening = Mutex<UInt16?>(nil)
    private let isStarted = Mutex(false)

    /// - Parameters:
    ///   - port: 0 lets the kernel choose.
    ///   - stalledAfter: seconds without a turn of the watch loop after which the worker is not well.
    ///   - log: hears of a port that cannot be listened on.
    package init(
        port: UInt16, metrics: Metrics, pulse: Pulse, stalledAfter: Double, limits: HTTPLimits = HTTPLimits(),
        troubles: Troubles = Troubles(), log: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        self.port = port
        self.limits = limits
        self.log = log
        self.troubles = troubles
        pages = MonitorPages(metrics: metrics, pulse: pulse, stalledAfter: stalledAfter)
        wake = try SelfPipe()
    }

    /// Returns once the port listens, or the log has heard why it does not; that is then tried again.
    ///
    /// - Throws: `.configuration` where this user may not listen on that port.
    package func start() throws {
        var listener: HTTPListener?
        do {
            listener = try listen()
        } catch let fault as HTTPListener.Fault where fault.code == EACCES || fault.code == EPERM {
            throw WorkerError(
                .configuration, "This user may not listen on port \(port) of 127.0.0.1.",
                cause: FileSystem.reason(fault.code),
                advice: "Ports below 1024 are root's; give lorad.yaml's monitor.port a higher number.")
        } catch {
            tell(error)
        }
        isStarted.withLock { $0 = true }
        let first = Handover(listener)
        WorkerThread.start(name: "monitor", stackSize: 1 << 20) { [self] in
            serve(first.take())
            listening.withLock { $0 = nil }
            bell.finish()
        }
    }

    /// Hangs up on everybody, and waits for the thread.
    package func stop() {
        bell.stop()
        wake.wake()
        if isStarted.withLock({ $0 }) { bell.waitUntilFinished() }
    }

    /// Where it listens; nil where it does not, now.
    package var listeningPort: UInt16? { listening.withLock { $0 } }

    private func listen() throws -> HTTPListener {
        let listener = try HTTPListener(port: port, limits: limits)
        listening.withLock { $0 = listener.port }
        return listener
    }

    private func serve(_ first: HTTPListener?) {
        var current = first
        while !bell.isStopped {
            do {
                let listener: HTTPListener
                if let current {
                    listener = current
                } else {
                    listener = try listen()
                    log("monitor: port \(listener.port) of 127.0.0.1 is listened on")
                }
                current = listener
                try listener.turn(wake: wake.descriptor, answer: pages.answer)
                wake.drain()
                if let code = listener.want { tell(HTTPListener.Fault(code: code)) } else { troubles.clear("monitor") }
            } catch {
                current = nil
                listening.withLock { $0 = nil }
                tell(error)
                bell.pause(seconds: limits.listenPause)
            }
        }
    }

    private func tell(_ error: any Error) {
        let reason = (error as? HTTPListener.Fault).map { FileSystem.reason($0.code) } ?? "\(error)"
        guard troubles.isNew(fault: reason, for: "monitor") else { return }
        let isTaken = (error as? HTTPListener.Fault)?.code == EADDRINUSE
        log(
            "monitor: nobody can be answered on port \(port) of 127.0.0.1: \(reason). It is tried again"
                + (isTaken ? "; who has the port: ss -ltnp 'sport = :\(port)'" : ""))
    }
}

/// Hands a listener from the thread that made it to the one that uses it from then on.
private final class Handover: @unchecked Sendable {
    // Written before the thread that takes it starts, and touched by that thread alone afterwards.
    private var listener: HTTPListener?

    init(_ listener: HTTPListener?) { self.listener = listener }

    func take() -> HTTPListener? {
        defer { listener = nil }
        return listener
    }
}
