import Glibc

/// One connection: takes a request's head, gives one answer, hangs up. Never blocks, and ends by a time that is known at
/// every moment.
struct HTTPConnection {
    private enum Phase {
        case reading([UInt8])
        /// What is still to be sent.
        case sending(ArraySlice<UInt8>)
        /// The answer is on its way. A connection closed over bytes that nobody read would be reset, and the answer lost.
        case closing(received: Int)
    }

    let descriptor: Int32
    private let limits: HTTPLimits
    private var phase = Phase.reading([])
    /// By the monotonic clock.
    private(set) var deadline: Double
    /// Bytes that are read after the request before the connection is closed over the rest.
    private static let mostIgnored = 65_536

    init(_ descriptor: Int32, limits: HTTPLimits, now: Double) {
        self.descriptor = descriptor
        self.limits = limits
        deadline = now + limits.requestTime
    }

    /// True until the request has come.
    var isReading: Bool {
        if case .reading = phase { return true }
        return false
    }

    /// What poll(2) shall wait for.
    var interest: Int16 {
        if case .sending = phase { return Int16(POLLOUT) }
        return Int16(POLLIN)
    }

    /// Goes on as far as it can without waiting; false once the connection is done with.
    mutating func advance(now: Double, answer: (RequestHead) -> HTTPAnswer) -> Bool {
        if case .reading(let bytes) = phase {
            guard read(after: bytes, now: now, answer: answer) else { return false }
        }
        if case .sending(let bytes) = phase {
            guard send(bytes, now: now) else { return false }
        }
        if case .closing(let received) = phase { return drain(received) }
        return true
    }

    /// Its time is up; false once the connection is done with.
    mutating func expire(now: Double) -> Bool {
        guard isReading else { return false }
        begin(HTTPAnswer(.requestTimeout, "The request did not come in time.\n"), withBody: true, now: now)
        return advance(now: now) { _ in HTTPAnswer(.badRequest, "") }
    }

    private mutating func begin(_ answer: HTTPAnswer, withBody: Bool, now: Double) {
        phase = .sending(answer.bytes(withBody: withBody)[...])
        deadline = now + limits.answerTime
    }

    private mutating func read(after bytes: [UInt8], now: Double, answer: (RequestHead) -> HTTPAnswer) -> Bool {
        var bytes = bytes
        var chunk = [UInt8](repeating: 0, count: limits.headBytes)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                phase = .reading(bytes)
                return true
            }
            guard count > 0 else { return false }
            bytes += chunk[..<count]
            switch RequestHead.read(bytes, limit: limits.headBytes) {
            case .incomplete: continue
            case .head(let head): begin(answer(head), withBody: head.method != "HEAD", now: now)
            case .refused(let status): begin(HTTPAnswer(status, status.reason + ".\n"), withBody: true, now: now)
            }
            return true
        }
    }

    private mutating func send(_ bytes: ArraySlice<UInt8>, now: Double) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                phase = .sending(rest)
                return true
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        shutdown(descriptor, Int32(SHUT_WR))
        phase = .closing(received: 0)
        deadline = now + limits.closeTime
        return true
    }

    /// Reads until the client hangs up.
    private mutating func drain(_ received: Int) -> Bool {
        var received = received
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while received < Self.mostIgnored {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                phase = .closing(received: received)
                return true
            }
            guard count > 0 else { return false }
            received += count
        }
        return false
    }
}
