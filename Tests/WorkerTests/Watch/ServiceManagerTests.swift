import Foundation
import Glibc
import LedgerSupport
import OperatingSystem
import TestSupport
import Testing
import Worker

@Suite("Service manager")
struct ServiceManagerTests {
    /// What systemd has at the other end of NOTIFY_SOCKET.
    private final class Listener {
        let folder: ScratchFolder
        let descriptor: Int32
        var path: String { folder.path + "/notify" }

        init() throws {
            folder = try ScratchFolder()
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let path = Array((folder.path + "/notify").utf8)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(result == 0)
        }

        deinit { close(descriptor) }

        /// The messages that have come.
        func read() -> [String] {
            var messages: [String] = []
            var buffer = [UInt8](repeating: 0, count: 4_096)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                guard count > 0 else { return messages }
                messages.append(String(decoding: buffer[..<count], as: UTF8.self))
            }
        }
    }

    @Test("Nobody is told where nobody asked; a watchdog meant for another process is not served")
    func unasked() throws {
        #expect(ServiceManager(environment: [:]) == nil)
        #expect(ServiceManager(environment: ["NOTIFY_SOCKET": "relative"]) == nil)
        let other = ["NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"]
        #expect(try #require(ServiceManager(environment: other)).watchdog == nil)
        #expect(try #require(ServiceManager(environment: other, pid: 1)).watchdog == 3)
        // A socket that is not there is no fault of the worker's.
        try #require(ServiceManager(environment: other)).tell("READY=1")
    }

    @Test("A pulse tells the watchdog three times within its time, and no more often")
    func watchdog() throws {
        let listener = try Listener()
        let pulse = Pulse(
            ServiceManager(environment: ["NOTIFY_SOCKET": listener.path, "WATCHDOG_USEC": "60000000"]), longestTurn: 100
        )
        #expect(pulse.beat() == 20)
        #expect(pulse.beat() == 20)
        #expect(listener.read() == ["WATCHDOG=1"])
        // Without a service manager too the loop turns, for /healthz.
        #expect(Pulse().beat() == 15)
    }

    @Test("A worker says when it is ready, that it lives, and that it stops")
    func life() throws {
        let listener = try Listener()
        let bench = try WorkerBench(environment: ["NOTIFY_SOCKET": listener.path, "WATCHDOG_USEC": "90000"])
        var messages: [String] = []
        _ = try bench.whileWatching(FakeRunner()) {
            let came = eventually {
                messages += listener.read()
                return messages.count { $0 == "WATCHDOG=1" } >= 4
            }
            #expect(came)
        }
        messages += listener.read()
        #expect(messages.first == "READY=1\nSTATUS=watching the inbox")
        #expect(messages.last == "STOPPING=1")
    }
}
