import Dispatch
import FlyingFox
import FlyingSocks
import Foundation
import Synchronization

/// `/healthz` and `/metrics` over HTTP on 127.0.0.1.
///
/// FlyingFox speaks HTTP: 12,000 lines without a dependency, built in seconds, where hummingbird brings all of NIO
/// (minutes, a dozen packages) for two pages that one Prometheus reads.
package final class MonitorServer: Sendable {
    private let server: HTTPServer
    private let task = Mutex<Task<Void, Never>?>(nil)
    /// Why the server ended.
    private let fault = Mutex<String?>(nil)
    private let port: UInt16

    /// - Parameter stalledAfter: seconds without a turn of the watch loop after which the worker is not well.
    package init(port: UInt16, metrics: Metrics, pulse: Pulse, stalledAfter: Double) throws {
        self.port = port
        server = HTTPServer(
            address: try sockaddr_in.inet(ip4: "127.0.0.1", port: port), timeout: 10, logger: .disabled,
            handler: Pages(metrics: metrics, pulse: pulse, stalledAfter: stalledAfter))
    }

    /// Returns once the port listens. Throws `.configuration` where it cannot.
    package func start() async throws {
        let running = Task { [self] in
            do {
                try await server.run()
            } catch {
                fault.withLock { $0 = "\(error)" }
            }
        }
        task.withLock { $0 = running }
        for _ in 0..<1_000 {
            if await server.isListening { return }
            if fault.withLock({ $0 }) != nil { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        running.cancel()
        throw WorkerError(
            .configuration, "Nothing can be served on port \(port) of 127.0.0.1.", cause: fault.withLock { $0 },
            advice: "Give lorad.yaml another monitor.port, or find who has it: ss -ltnp 'sport = :\(port)'.")
    }

    /// The same for a thread that may wait. The server runs on the concurrency pool's threads, so they may not.
    package func startAndWait() throws {
        let failure = Mutex<(any Error)?>(nil)
        let done = DispatchSemaphore(value: 0)
        Task { [self] in
            do {
                try await start()
            } catch {
                failure.withLock { $0 = error }
            }
            done.signal()
        }
        done.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }

    package func stop() { task.withLock { $0?.cancel() } }

    /// Where it listens; for tests that let the kernel choose.
    package var listeningPort: UInt16? {
        get async {
            guard case .ip4(_, let port)? = await server.listeningAddress else { return nil }
            return port
        }
    }
}

private struct Pages: HTTPHandler {
    let metrics: Metrics
    let pulse: Pulse
    let stalledAfter: Double

    func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard isLocal(request) else { return answer(.forbidden, "Ask for 127.0.0.1 or localhost.\n") }
        guard request.method == .GET || request.method == .HEAD else { return answer(.methodNotAllowed, "GET only.\n") }
        switch request.path {
        case "/healthz": return health()
        case "/metrics": return figures()
        default: return answer(.notFound, "There are /healthz and /metrics.\n")
        }
    }

    /// A page in somebody's browser can have a name of its own lead here, but cannot ask under one of these.
    private func isLocal(_ request: HTTPRequest) -> Bool {
        guard let host = request.headers[.host] else { return true }
        let name = host.hasPrefix("[") ? host : String(host.prefix { $0 != ":" })
        return ["127.0.0.1", "localhost"].contains(name.lowercased())
    }

    private func health() -> HTTPResponse {
        let age = pulse.age
        guard age < stalledAfter else {
            return answer(.serviceUnavailable, "The watch loop has not turned for \(Int(age)) s.\n")
        }
        do {
            _ = try metrics.text()
            return answer(.ok, "ok\n")
        } catch {
            return answer(.serviceUnavailable, PipelineRunner.lines(error).joined(separator: " ") + "\n")
        }
    }

    private func figures() -> HTTPResponse {
        do {
            return answer(.ok, try metrics.text(), type: PrometheusText.contentType)
        } catch {
            return answer(.internalServerError, PipelineRunner.lines(error).joined(separator: " ") + "\n")
        }
    }

    private func answer(_ status: HTTPStatusCode, _ text: String, type: String = "text/plain; charset=utf-8")
        -> HTTPResponse
    {
        HTTPResponse(statusCode: status, headers: [.contentType: type], body: Data(text.utf8))
    }
}
