/// Where an opened file really lies, every link followed.
package struct FilePlace: Sendable, Equatable {
    /// Absolute.
    package let path: String
    package let device: UInt64
    package let inode: UInt64
    /// Permission bits, such as 0o644.
    package let mode: UInt32

    package init(path: String, device: UInt64, inode: UInt64, mode: UInt32) {
        self.path = path
        self.device = device
        self.inode = inode
        self.mode = mode
    }
}

/// Which files may be read. A file is judged once it is open, by where it lies and not by the path that led there, so
/// that nobody can swap a link between the look and the reading.
package struct ReadingRule: Sendable {
    /// Why a file may not be read, and what to do about it.
    package struct Refusal: Sendable {
        package let cause: String
        package let advice: String

        package init(cause: String, advice: String) {
            self.cause = cause
            self.advice = advice
        }
    }

    /// Every file: what the operator names on a command line, and what lorad wrote itself.
    package static let anything = ReadingRule(nil)

    private let refusal: (@Sendable (FilePlace) -> Refusal?)?

    /// - Parameter refusal: nil for a file that may be read.
    package init(refusing refusal: @escaping @Sendable (FilePlace) -> Refusal?) { self.init(refusal) }

    private init(_ refusal: (@Sendable (FilePlace) -> Refusal?)?) { self.refusal = refusal }

    /// Whether there is any file that may not be read.
    var isLimited: Bool { refusal != nil }

    /// - Parameter path: what the file was named by.
    /// - Throws: `ModelFilesError.forbidden`.
    func check(_ place: FilePlace, named path: String) throws {
        guard let refusal = refusal?(place) else { return }
        throw ModelFilesError(
            .forbidden, "\(path) is a file that jobs may not read.", cause: refusal.cause, advice: refusal.advice)
    }
}
