import Common
import Foundation
import Glibc
import Manifests
import OperatingSystem
import Pipeline

/// Whether a worker runs, and whether `monitor`'s port is its own.
struct MonitorCheck {
    let configuration: WorkerConfiguration

    func findings() -> [Finding] {
        let holder = LockHolder.of(configuration.state + "/worker.lock")?.pid
        return [worker(holder)] + (configuration.monitor.port.map { [port($0, isRunning: holder != nil)] } ?? [])
    }

    private func worker(_ holder: Int32?) -> Finding {
        guard let holder else { return Finding("worker", "none runs here") }
        return Finding("worker", "runs, process \(holder)")
    }

    private func port(_ port: Int, isRunning: Bool) -> Finding {
        let place = "127.0.0.1:\(port)"
        switch (Self.bind(port), isRunning) {
        case (0, false): return Finding("monitor", "\(place) is free")
        case (0, true):
            return Finding(
                "monitor", "nothing listens on \(place) although a worker runs", .warning,
                advice: "`monitor` changes with a restart of the worker; `watch --once` serves nothing.")
        case (EADDRINUSE, true): return Finding("monitor", "\(place) is served")
        case (EADDRINUSE, false):
            return Finding(
                "monitor", "\(place) belongs to another program, and no worker runs", .problem,
                advice: "Give monitor.port another number, or find who has it: ss -ltnp 'sport = :\(port)'.")
        case (let code, _):
            return Finding(
                "monitor", "\(place) cannot be listened on: \(FileSystem.reason(code))", .problem,
                advice: "Ports below 1024 are root's; give monitor.port a higher number.")
        }
    }

    /// 0 where a program could listen there now, or an errno. Nothing listens meanwhile.
    private static func bind(_ port: Int) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        // As servers do it: what a connection that was closed a moment ago leaves behind is not in the way.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return result == 0 ? 0 : errno
    }
}
