import Glibc

/// The machine that a message comes from.
enum MessageHost {
    /// Its name, see gethostname(2); `unknown host` where the system has none.
    static let name: String = {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown host" }
        let name = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return name.isEmpty ? "unknown host" : name
    }()
}
