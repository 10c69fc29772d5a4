import Foundation

/// Files of `/proc` and `/sys`, whose text the kernel makes as it is read: they have no size, and one read gives no more
/// than a page of a list (proc(5)). `String(contentsOfFile:)` takes that for the whole.
package enum KernelText {
    /// The whole text of a file; nil where there is none, or it may not be read.
    package static func read(_ path: String) -> String? {
        guard let file = FileHandle(forReadingAtPath: path), let bytes = try? file.readToEnd() ?? Data() else {
            return nil
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
