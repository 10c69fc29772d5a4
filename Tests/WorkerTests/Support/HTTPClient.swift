import Foundation
import Glibc
import TestSupport
import Testing

/// One request to a port of 127.0.0.1; the whole answer as text. Waits on a thread of its own: the server may need all of
/// the pool's.
func ask(_ port: UInt16, _ path: String, method: String = "GET", host: String = "127.0.0.1") async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
            continuation.resume(with: Result { try request(port, path, method: method, host: host) })
        }
    }
}

private func request(_ port: UInt16, _ path: String, method: String, host: String) throws -> String {
    let descriptor = try #require(connectToLoopback(port))
    defer { close(descriptor) }
    let request = Array("\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n".utf8)
    try #require(send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count)
    var answer = Data()
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return String(decoding: answer, as: UTF8.self) }
        answer += buffer[..<count]
    }
}
