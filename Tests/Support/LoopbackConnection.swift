import Foundation
import Glibc

/// A client's socket to a port of 127.0.0.1, which its caller closes; nil where nobody listens there.
///
/// - Parameter blocks: false for one that is connected, or will be, and never waits.
package func connectToLoopback(_ port: UInt16, blocks: Bool = true) -> Int32? {
    let type = Int32(SOCK_STREAM.rawValue) | (blocks ? 0 : Int32(SOCK_NONBLOCK.rawValue))
    let descriptor = socket(AF_INET, type, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = port.bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    guard result == 0 || errno == EINPROGRESS else {
        close(descriptor)
        return nil
    }
    return descriptor
}
