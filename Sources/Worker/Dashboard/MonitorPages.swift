import Common
import Foundation
import OperatingSystem
import Synchronization

/// What the monitor answers: `/healthz` and `/metrics`.
struct MonitorPages: Sendable {
    private let metrics: Metrics
    private let pulse: Pulse
    private let stalledAfter: Double
    private let last = LastText()

    /// - Parameter stalledAfter: seconds without a turn of the watch loop after which the worker is not well.
    init(metrics: Metrics, pulse: Pulse, stalledAfter: Double) {
        self.metrics = metrics
        self.pulse = pulse
        self.stalledAfter = stalledAfter
    }

    func answer(_ request: RequestHead) -> HTTPAnswer {
        guard isLocal(request) else { return HTTPAnswer(.forbidden, "Ask for 127.0.0.1 or localhost.\n") }
        guard request.method == "GET" || request.method == "HEAD" else {
            return HTTPAnswer(.methodNotAllowed, "GET only.\n")
        }
        switch request.path {
        case "/healthz": return health()
        case "/metrics": return figures()
        default: return HTTPAnswer(.notFound, "There are /healthz and /metrics.\n")
        }
    }

    /// A page in somebody's browser can have a name of its own lead here, but cannot ask under one of these.
    private func isLocal(_ request: RequestHead) -> Bool {
        guard let host = request.host else { return true }
        let name = host.hasPrefix("[") ? host : String(host.prefix { $0 != ":" })
        return ["127.0.0.1", "localhost"].contains(name.lowercased())
    }

    private func health() -> HTTPAnswer {
        let age = pulse.age
        guard age < stalledAfter else {
            return HTTPAnswer(.serviceUnavailable, "The watch loop has not turned for \(Int(age)) s.\n")
        }
        do {
            _ = try last.text(metrics)
            return HTTPAnswer(.ok, "ok\n")
        } catch {
            return HTTPAnswer(.serviceUnavailable, ErrorLines.of(error).joined(separator: " ") + "\n")
        }
    }

    private func figures() -> HTTPAnswer {
        do {
            return HTTPAnswer(.ok, try last.text(metrics), type: PrometheusText.contentType)
        } catch {
            return HTTPAnswer(.internalServerError, ErrorLines.of(error).joined(separator: " ") + "\n")
        }
    }
}

/// The text of `/metrics`, made at most twice a second: it counts all rows of the ledger, and whoever asks without end
/// would keep the worker at it.
private final class LastText: Sendable {
    private static let lifetime = 0.5
    private let made = Mutex<(text: String, time: Double)?>(nil)

    func text(_ metrics: Metrics) throws -> String {
        try made.withLock { made in
            let now = ProcessInfo.processInfo.systemUptime
            if let made, now - made.time < Self.lifetime { return made.text }
            let text = try metrics.text()
            made = (text, ProcessInfo.processInfo.systemUptime)
            return text
        }
    }
}
