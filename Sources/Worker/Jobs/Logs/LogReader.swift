import Foundation

/// Reads a growing file of lines, whole lines at a time.
struct LogReader {
    let path: String
    private var handle: FileHandle?
    private var rest = Data()

    init(path: String) { self.path = path }

    mutating func readNew(_ take: (String) throws -> Void) rethrows {
        if handle == nil {
            let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
            if descriptor >= 0 { handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true) }
        }
        while let data = try? handle?.read(upToCount: 65_536), !data.isEmpty {
            rest += data
            guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { continue }
            try take(String(decoding: rest[...end], as: UTF8.self))
            rest = Data(rest[(end + 1)...])
        }
    }
}
