import Foundation
import Manifests
import Webhooks
import Worker

/// What a webhook's receiver answers: status line, headers (`Retry-After` and a chat's limits of rate among them), body.
package struct WebhookAnswerTarget: FuzzTarget {
    package static let name = "webhook-answer"

    private static let path = "/T0PSECRETPATH"
    private let scratch: ScratchFolder
    private let server: AnswerServer
    private let worker: Worker
    private let environment: [String: String]

    package init() throws {
        scratch = try ScratchFolder()
        server = try AnswerServer()
        let path = scratch.path
        let hooks = [HookKind.generic, .discord].map {
            Hook(name: $0.rawValue, kind: $0, url: .environment("URL"), allowHTTP: true, allowPrivate: true)
        }
        worker = Worker(
            WorkerSettings(
                inbox: path + "/inbox", outbox: path + "/outbox", state: path + "/state", hooks: hooks,
                delivery: DeliverySettings(connectTimeout: 8, timeout: 8)))
        environment = ["URL": "http://127.0.0.1:\(server.port)\(Self.path)"]
    }

    package func check(_ bytes: [UInt8]) throws {
        server.setAnswer(bytes)
        for kind in [HookKind.generic, .discord] {
            let test = try worker.testHook(kind.rawValue, environment: environment)
            try require(!test.result.contains(Self.path), "the result holds the URL: \(test.result)")
            try require(test.result.utf8.count < 200, "a result of \(test.result.utf8.count) bytes")
            let isSuccess = test.result.wholeMatch(of: /answered 2[0-9][0-9]/) != nil
            try require(test.delivered == isSuccess, "delivered: \(test.delivered), as it \(test.result)")
        }
    }
}

/// A server on the loopback that gives every request the same bytes, and hangs up.
private final class AnswerServer: Sendable {
    let port: UInt16
    private let listener: Int32
    private let lock = NSLock()
    private nonisolated(unsafe) var answer: [UInt8] = []

    init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = bind(descriptor, generic, length)
                _ = getsockname(descriptor, generic, &length)
            }
        }
        guard listen(listener, 16) == 0 else { throw CocoaError(.featureUnsupported) }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in serve() }
    }

    func setAnswer(_ bytes: [UInt8]) { lock.withLock { answer = bytes } }

    private func serve() {
        var request = [UInt8](repeating: 0, count: 65_536)
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { return }
            // The whole request is there before its answer, or hanging up would lose the answer.
            var received = 0
            while !Self.isWhole(request[..<received]) {
                let count = recv(connection, &request[received], request.count - received, 0)
                guard count > 0 else { break }
                received += count
            }
            let bytes = lock.withLock { answer }
            _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            close(connection)
        }
    }

    /// Whether the headers and as many bytes as they announce have come.
    private static func isWhole(_ bytes: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return false }
        let length = text[..<end.lowerBound].firstMatch(of: /Content-Length: ([0-9]+)/).flatMap { Int($0.1) } ?? 0
        return text[end.upperBound...].utf8.count >= length
    }
}
