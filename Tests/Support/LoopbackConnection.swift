import Foundation
import Glibc

/// A client's socket to a port of 127.0.0.1, which its caller closes; nil where nobody listens there.
///
/// - Parameter blocks: false for one that is connected, or will be, and never waits.
package func connectToLoopback(_ port: UInt16, blocks: Bool = true) -> Int32? {
    let type = Int32(SOCK_STREAM.rawValue) | (blocks ? 0 : Int32(SOCK_NONBLOCK.rawValue))
    let descriptor = socket(AF_INET, type, 0)
    guard withLoopback(port, { connect(descriptor, $0, $1) }) == 0 || errno == EINPROGRESS else {
        close(descriptor)
        return nil
    }
    return descriptor
}

/// Whether somebody listens on a port of 127.0.0.1.
package func isLoopbackPortTaken(_ port: UInt16) -> Bool {
    guard let descriptor = connectToLoopback(port) else { return false }
    close(descriptor)
    return true
}

/// A socket that is bound to a port of 127.0.0.1 which the kernel chooses, and the port; its caller closes it.
package func bindToLoopback() -> (descriptor: Int32, port: UInt16)? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var port: UInt16 = 0
    let code = withLoopback(0) { address, length in
        var length = length
        guard bind(descriptor, address, length) == 0, getsockname(descriptor, address, &length) == 0 else {
            return Int32(-1)
        }
        port = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
            UInt16(bigEndian: $0.pointee.sin_port)
        }
        return 0
    }
    guard code == 0 else {
        close(descriptor)
        return nil
    }
    return (descriptor, port)
}

/// A port of 127.0.0.1 that nobody had a moment ago.
package func freeLoopbackPort() -> UInt16? {
    guard let (descriptor, port) = bindToLoopback() else { return nil }
    close(descriptor)
    return port
}

private func withLoopback<Result>(
    _ port: UInt16, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Result
) -> Result {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = port.bigEndian
    return withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}
