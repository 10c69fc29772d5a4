import Glibc

/// What follows where accept(2) gave no connection, by its errno.
package enum AcceptRefusal: Equatable, Sendable {
    /// None waits.
    case none
    /// That one connection is gone; the next may be there.
    case next
    /// The kernel has no descriptor or no memory. It may have some later.
    case pause
    /// The socket itself is of no use any more.
    case broken

    package init(_ code: Int32) {
        switch code {
        case EAGAIN: self = .none
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: self = .pause
        case EBADF, EINVAL, ENOTSOCK, EOPNOTSUPP, EFAULT: self = .broken
        // Linux passes errors of the new connection's network on, accept(2).
        default: self = .next
        }
    }
}
