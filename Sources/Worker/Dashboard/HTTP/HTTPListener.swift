import CLinux
import Common
import Foundation
import Glibc

/// A port of 127.0.0.1 and the connections to it, on the thread that calls it.
final class HTTPListener {
    /// The listening socket can no longer be used, or could not be made.
    struct Fault: Error {
        let code: Int32
    }

    let port: UInt16
    private let descriptor: Int32
    private let limits: HTTPLimits
    private var connections: [HTTPConnection] = []
    /// Nothing is accepted before this time.
    private var acceptsFrom = 0.0
    /// The errno of the last accept(2) where it was for want of something.
    private(set) var want: Int32?
    /// Connections accepted in one turn at most: those that are there are looked after too.
    private static let mostAtOnce = 64

    /// Throws `Fault` where nothing can listen there.
    init(port: UInt16, limits: HTTPLimits) throws {
        let descriptor = lorad_listen_on_loopback(port, 64)
        guard descriptor >= 0 else { throw Fault(code: -descriptor) }
        let given = lorad_port_of(descriptor)
        guard given > 0 else {
            close(descriptor)
            throw Fault(code: -given)
        }
        self.descriptor = descriptor
        self.limits = limits
        self.port = UInt16(given)
    }

    deinit {
        for connection in connections { close(connection.descriptor) }
        close(descriptor)
    }

    private static var now: Double { ProcessInfo.processInfo.systemUptime }

    /// Waits until something happens or `wake` is readable, and does what follows from it.
    func turn(wake: Int32, answer: (RequestHead) -> HTTPAnswer) throws {
        let isAccepting = Self.now >= acceptsFrom
        var waits = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
        // A descriptor below zero is passed over, poll(2).
        waits.append(pollfd(fd: isAccepting ? descriptor : -1, events: Int16(POLLIN), revents: 0))
        waits += connections.map { pollfd(fd: $0.descriptor, events: $0.interest, revents: 0) }
        let times = connections.map(\.deadline) + (isAccepting ? [] : [acceptsFrom])
        let wait = times.min().map { Int32((min(max($0 - Self.now, 0), 60) * 1_000).rounded(.up)) } ?? -1
        guard poll(&waits, nfds_t(waits.count), wait) >= 0 else {
            if errno == EINTR { return }
            // No memory for it now: a moment later there may be.
            usleep(100_000)
            return
        }
        for (index, wait) in waits.dropFirst(2).enumerated() where wait.revents != 0 {
            let goesOn = connections[index].advance(now: Self.now, answer: answer)
            if !goesOn { finish(index) }
        }
        // After what has come was read: a client that was in time is not hung up on because others took long.
        let now = Self.now
        for index in connections.indices where !finished.contains(index) && connections[index].deadline <= now {
            if !connections[index].expire(now: now) { finish(index) }
        }
        sweep()
        if isAccepting { try accept() }
    }

    /// Indices of connections that were closed in this turn.
    private var finished: Set<Int> = []

    private func finish(_ index: Int) {
        close(connections[index].descriptor)
        finished.insert(index)
    }

    private func sweep() {
        guard !finished.isEmpty else { return }
        connections = connections.enumerated().filter { !finished.contains($0.offset) }.map(\.element)
        finished = []
    }

    private func accept() throws {
        for _ in 0..<Self.mostAtOnce {
            let connection = lorad_accept(descriptor)
            if connection >= 0 {
                want = nil
                makeRoom()
                connections.append(HTTPConnection(connection, limits: limits, now: Self.now))
                continue
            }
            switch AcceptRefusal(-connection) {
            case .none:
                want = nil
                return
            case .next: continue
            case .pause:
                want = -connection
                acceptsFrom = Self.now + limits.acceptPause
                return
            case .broken: throw Fault(code: -connection)
            }
        }
    }

    /// Where there are as many connections as may be, hangs up on the one that has waited longest for its request.
    private func makeRoom() {
        guard connections.count >= limits.connections else { return }
        let candidates = connections.indices.filter { connections[$0].isReading }
        let oldest = (candidates.isEmpty ? Array(connections.indices) : candidates)
            .min { connections[$0].deadline < connections[$1].deadline }
        guard let oldest else { return }
        close(connections.remove(at: oldest).descriptor)
    }
}
