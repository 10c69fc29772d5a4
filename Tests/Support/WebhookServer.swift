import Foundation
import Glibc
import Synchronization

/// A small real HTTP server on a port of the kernel's choice, one connection at a time.
package final class WebhookServer: Sendable {
    package struct Request: Sendable {
        package let line: String
        package let headers: [String: String]
        package let body: String

        package var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
        }
    }

    package enum Reply: Sendable {
        case status(Int, headers: [String] = [])
        /// 200, and then bytes until the client goes away.
        case endless
        /// Nothing, until the client goes away.
        case hang
        /// Closes without an answer.
        case close
    }

    package let port: UInt16
    private let listener: Int32
    private let state: Mutex<(requests: [Request], replies: [Reply])>

    /// Gives `replies` in turn, then 200 for ever.
    package init(_ replies: [Reply] = []) throws {
        state = Mutex(([], replies))
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = bind(descriptor, generic, length)
                _ = getsockname(descriptor, generic, &length)
            }
        }
        listen(descriptor, 16)
        listener = descriptor
        port = UInt16(bigEndian: address.sin_port)
        let thread = Thread { [self] in serve() }
        thread.start()
    }

    package func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    package var url: String { "http://127.0.0.1:\(port)/services/T0PSECRETPATH" }
    /// A copy: of an array that is handed out, ThreadSanitizer does not see that its last reader is done before it grows.
    package var requests: [Request] { state.withLock { state in state.requests.map { $0 } } }

    private func serve() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else {
                close(listener)
                return
            }
            if let request = receive(connection) {
                let reply = state.withLock { state in
                    state.requests.append(request)
                    return state.replies.isEmpty ? .status(200) : state.replies.removeFirst()
                }
                answer(reply, on: connection)
            }
            close(connection)
        }
    }

    private func answer(_ reply: Reply, on connection: Int32) {
        switch reply {
        case .status(let code, let headers):
            let lines = ["HTTP/1.1 \(code) Answer", "Content-Length: 0", "Connection: close"] + headers
            _ = deliver(lines.joined(separator: "\r\n") + "\r\n\r\n", to: connection)
        case .endless:
            guard deliver("HTTP/1.1 200 OK\r\n\r\n", to: connection) else { return }
            let block = String(repeating: "x", count: 65_536)
            while deliver(block, to: connection) {}
        case .hang:
            var byte: UInt8 = 0
            _ = recv(connection, &byte, 1, 0)
        case .close: break
        }
    }

    private func deliver(_ text: String, to connection: Int32) -> Bool {
        let bytes = Array(text.utf8)
        return send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    private func receive(_ connection: Int32) -> Request? {
        var data = Data()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            data += buffer[..<count]
            guard let end = data.range(of: Data("\r\n\r\n".utf8)) else { continue }
            let lines = String(decoding: data[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
            var headers: [String: String] = [:]
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                headers[parts[0].lowercased()] = parts.last?.trimmingCharacters(in: .whitespaces)
            }
            let body = data[end.upperBound...]
            guard body.count >= Int(headers["content-length"] ?? "0") ?? 0 else { continue }
            return Request(line: lines[0], headers: headers, body: String(decoding: body, as: UTF8.self))
        }
    }
}
