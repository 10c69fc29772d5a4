import Foundation

/// A path followed link by link, as the kernel does it, through its longest part that exists; what does not is kept as
/// it is written. Every component is looked up once, from the folder before it.
struct PathWalk {
    /// Absolute, without links, `.` or `..`.
    let resolved: String
    /// Whether all of it is there.
    let exists: Bool

    /// As many as Linux follows; a path with more is taken as missing from there on.
    private static let mostLinks = 40
    /// From fcntl.h, which Swift does not see: a place without the right to read it. The same on x86-64 and arm64.
    private static let placeOnly: Int32 = 0o10_000_000

    /// - Parameter path: absolute.
    init(_ path: String) {
        var pending = Array(Self.components(path).reversed())
        var found: [Substring] = []
        var isMissing = false
        var links = 0
        var folder = open("/", Self.placeOnly | O_CLOEXEC)
        defer { if folder >= 0 { close(folder) } }
        while let name = pending.popLast() {
            if name == ".." { _ = found.popLast() } else { found.append(name) }
            if isMissing { continue }
            let next = openat(folder, String(name), Self.placeOnly | O_NOFOLLOW | O_CLOEXEC)
            guard next >= 0 else {
                isMissing = true
                continue
            }
            guard let target = Self.target(of: next) else {
                close(folder)
                folder = next
                continue
            }
            close(next)
            found.removeLast()
            links += 1
            guard links <= Self.mostLinks else {
                isMissing = true
                found.append(name)
                continue
            }
            if target.hasPrefix("/") {
                found.removeAll()
                close(folder)
                folder = open("/", Self.placeOnly | O_CLOEXEC)
            }
            pending += Self.components(target).reversed()
        }
        resolved = "/" + found.joined(separator: "/")
        exists = !isMissing
    }

    private static func components(_ path: String) -> [Substring] { path.split(separator: "/").filter { $0 != "." } }

    /// Where a link leads; nil for what is none.
    private static func target(of descriptor: Int32) -> String? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return nil }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlinkat(descriptor, "", &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
    }
}
