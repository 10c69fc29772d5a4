import Foundation
import Glibc
import LedgerSupport
import OperatingSystem
import Synchronization
import TestSupport
import Testing
import Worker

/// What any account of the machine may do to the monitor.
@Suite("The monitor's bounds")
struct MonitorLimitsTests {
    private let bench: LedgerBench
    private let metrics: Metrics

    init() throws {
        bench = try LedgerBench()
        let path = bench.folder.path
        let settings = WorkerSettings(inbox: path + "/in", outbox: path + "/out", state: path)
        metrics = Metrics(ledger: bench.ledger, folders: try WorkerFolders(settings), pulse: Pulse())
    }

    private func server(
        _ limits: HTTPLimits, port: UInt16 = 0, log: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> MonitorServer {
        let server = try MonitorServer(
            port: port, metrics: metrics, pulse: Pulse(), stalledAfter: 3_600, limits: limits, log: log)
        try server.start()
        return server
    }

    @Test("A request that never ends is hung up on, and the answer says why")
    func halfOpen() async throws {
        let server = try server(HTTPLimits(requestTime: 0.3))
        defer { server.stop() }
        let client = try RawClient(try #require(server.listeningPort))
        try client.send("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")
        #expect(client.readToEnd(within: 20)?.hasPrefix("HTTP/1.1 408 ") == true)
    }

    @Test("Headers are read up to their bound, not for as long as they come")
    func endlessHeaders() async throws {
        let server = try server(HTTPLimits(headBytes: 2_048))
        defer { server.stop() }
        let client = try RawClient(try #require(server.listeningPort))
        try client.send("GET /healthz HTTP/1.1\r\n")
        let line = "X: " + String(repeating: "x", count: 1_000) + "\r\n"
        var sent = 0
        while sent < 64 << 20, (try? client.send(line)) != nil { sent += line.utf8.count }
        // What fits in the kernel's buffers, and what is read before it hangs up.
        #expect(sent < 16 << 20)
        #expect(try await ask(try #require(server.listeningPort), "/healthz").hasPrefix("HTTP/1.1 200"))
    }

    @Test("The bound's last connection makes room for the next: nobody is locked out by those who only wait")
    func manyConnections() async throws {
        let server = try server(HTTPLimits(connections: 4, requestTime: 600))
        defer { server.stop() }
        let port = try #require(server.listeningPort)
        let clients = try (0..<30).map { _ in
            let client = try RawClient(port)
            try client.send("GET /")
            return client
        }
        let hungUp = eventually { clients.count { $0.isHungUp } == 26 }
        #expect(hungUp, "\(clients.count { $0.isHungUp }) were hung up on")
        #expect(try await ask(port, "/metrics").hasPrefix("HTTP/1.1 200"))
    }

    @Test("A client that takes no answer, or never hangs up, is hung up on")
    func idle() async throws {
        let server = try server(HTTPLimits(closeTime: 0.2))
        defer { server.stop() }
        let client = try RawClient(try #require(server.listeningPort))
        try client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n")
        #expect(client.readToEnd(within: 20)?.hasSuffix("\r\n\r\nok\n") == true)
        // It still sends: what it meets is a connection that is gone.
        #expect(eventually { (try? client.send("x")) == nil })
    }

    @Test("Where the kernel has no descriptor or no memory nothing is accepted for a while, and the socket stays")
    func refusals() {
        for code in [EMFILE, ENFILE, ENOBUFS, ENOMEM] { #expect(AcceptRefusal(code) == .pause) }
        for code in [ECONNABORTED, EINTR, EPROTO, EPERM, ENETDOWN] { #expect(AcceptRefusal(code) == .next) }
        for code in [EBADF, EINVAL, ENOTSOCK] { #expect(AcceptRefusal(code) == .broken) }
        #expect(AcceptRefusal(EAGAIN) == .none)
    }

    @Test("A port that somebody has is told of once, and listened on once it is free; the worker goes on")
    func taken() async throws {
        let first = try server(HTTPLimits())
        let port = try #require(first.listeningPort)
        let lines = Mutex<[String]>([])
        let second = try server(HTTPLimits(listenPause: 0.05), port: port) { line in
            lines.withLock { $0.append(line) }
        }
        defer { second.stop() }
        #expect(second.listeningPort == nil)
        try await Task.sleep(for: .milliseconds(300))
        #expect(lines.withLock { $0.count } == 1)
        #expect(lines.withLock { $0.first?.contains("sport = :\(port)") } == true)
        first.stop()
        #expect(eventually { second.listeningPort == port })
        #expect(try await ask(port, "/healthz").hasPrefix("HTTP/1.1 200"))
    }

    @Test(
        "What is no request of HTTP/1 is refused",
        arguments: [
            ("\r\n\r\n", 400), ("GET /\r\n\r\n", 400), ("GET  / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/3\r\n\r\n", 505),
            ("PRI * HTTP/2.0\r\n\r\n", 505), ("GET http://a/ HTTP/1.1\r\n\r\n", 400), ("G(T / HTTP/1.1\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400), ("GET / HTTP/1.1\r\n x\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nA : b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nA: \u{1}\r\n\r\n", 400),
            ("GET /\u{e9} HTTP/1.1\r\n\r\n", 400),
        ])
    func refused(text: String, status: Int) {
        guard case .refused(let found) = RequestHead.read(Array(text.utf8), limit: 1_000) else {
            Issue.record("\(RequestHead.read(Array(text.utf8), limit: 1_000))")
            return
        }
        #expect(found.rawValue == status)
    }

    @Test("A head is read with its query cut off, its host without white space, and LF alone for an end")
    func heads() throws {
        let text = "HEAD /a/b?c=d HTTP/1.0\nhOsT: \t localhost:1 \nA:\n\nrest"
        guard case .head(let head) = RequestHead.read(Array(text.utf8), limit: 1_000) else {
            Issue.record("not read")
            return
        }
        #expect(head.method == "HEAD" && head.path == "/a/b" && head.host == "localhost:1")
        #expect(RequestHead.read(Array("GET / HTTP/1.1\r\n".utf8), limit: 1_000) == .incomplete)
        #expect(RequestHead.read(Array("GET / HTTP/1.1\r\n".utf8), limit: 16) == .refused(.headersTooLarge))
    }
}

/// A connection to a port of 127.0.0.1 whose bytes a test chooses.
private final class RawClient {
    private let descriptor: Int32

    init(_ port: UInt16) throws {
        descriptor = try #require(connectToLoopback(port))
        var time = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw POSIXError(.EPIPE)
        }
    }

    /// True once the other end is closed.
    var isHungUp: Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK))
        return count == 0 || count < 0 && errno != EAGAIN
    }

    /// All that comes until the other end is closed; nil where that takes longer.
    func readToEnd(within seconds: Int) -> String? {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            guard count > 0 else { return nil }
            bytes += chunk[..<count]
        }
    }
}
