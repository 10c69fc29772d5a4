import Foundation

/// Which files a job may read: those that, with every symlink followed, lie under an allowed root and are none of the
/// worker's own.
///
/// `resolve` answers for a path, before anything is opened, so that mistakes are told early. A link can be swapped after
/// that, so what is opened is judged once more, by `refusal`, by where it really lies.
package struct PathPolicy: Sendable {
    /// Bytes; Linux takes no longer path (PATH_MAX).
    package static let longestPath = 4096

    /// The folder that relative paths start from, resolved.
    package let workingFolder: String
    /// The allowed roots, resolved.
    package let roots: [String]
    /// What no job reads though it may lie under a root, resolved.
    private let protected: [String]

    /// - Parameters:
    ///   - roots: folders, relative to the working folder or absolute. One that does not exist allows nothing.
    ///   - protected: files and folders that are the worker's own, relative or absolute.
    package init(workingFolder: String, roots: [String], protected: [String] = []) {
        let folder = Self.walk(workingFolder, from: FileManager.default.currentDirectoryPath).resolved
        self.workingFolder = folder
        self.roots = roots.map { Self.walk($0, from: folder).resolved }
        self.protected = protected.map { Self.walk($0, from: folder).resolved }
    }

    /// The absolute path of an existing file or folder, symlinks followed. Throws `forbidden` where it leaves the
    /// allowed roots or is the worker's own, and `missing` where there is nothing.
    package func resolve(_ path: String) throws -> String {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw ManifestsError(.forbidden, "A path may be neither empty nor hold a NUL character.")
        }
        guard path.utf8.count <= Self.longestPath else {
            throw ManifestsError(
                .forbidden, "The path has \(path.utf8.count) bytes; a path has \(Self.longestPath) at most.")
        }
        guard !path.split(separator: "/").contains("..") else {
            throw ManifestsError(
                .forbidden, "The path \(Shown.quoted(path)) holds \"..\"; name the file from the working folder.")
        }
        let walk = Self.walk(path, from: workingFolder)
        // Before existence: a path outside must not tell whether something is there.
        guard roots.contains(where: { Self.contains($0, walk.resolved) }) else {
            throw ManifestsError(
                .forbidden,
                "The path \(Shown.quoted(path)) \(path.hasPrefix("/") ? "lies" : "leads") outside the folders that jobs may use.",
                cause: walk.resolved == Self.written(path, from: workingFolder)
                    ? nil : "It resolves to \(walk.resolved).",
                advice: rootsAdvice)
        }
        var status = stat()
        let exists = walk.exists && stat(walk.resolved, &status) == 0
        guard !isProtected(walk.resolved, exists ? (UInt64(status.st_dev), UInt64(status.st_ino)) : nil) else {
            throw ManifestsError(
                .forbidden, "The path \(Shown.quoted(path)) leads to the worker's own files, which no job reads.",
                advice: Self.protectedAdvice)
        }
        guard exists else { throw ManifestsError(.missing, "There is no file or folder \(Shown.quoted(path)).") }
        return walk.resolved
    }

    /// Why a file that is open may not be read; nil where it may.
    ///
    /// - Parameters:
    ///   - place: where it really lies, as the kernel tells of an open file.
    ///   - device: of the file, with `inode`: another name of a file of the worker's is that file.
    package func refusal(of place: String, device: UInt64, inode: UInt64) -> (cause: String, advice: String)? {
        guard roots.contains(where: { Self.contains($0, place) }) else {
            return ("It lies at \(place), outside the folders that jobs may use.", rootsAdvice)
        }
        guard !isProtected(place, (device, inode)) else {
            return ("It is one of the worker's own files: \(place).", Self.protectedAdvice)
        }
        return nil
    }

    private static let protectedAdvice =
        "lorad.yaml, the files of secrets that it names, and the state folder are never data."

    private var rootsAdvice: String {
        "Allowed are \(roots.joined(separator: ", ")); lorad.yaml's allowed_roots names them."
    }

    private func isProtected(_ path: String, _ identity: (device: UInt64, inode: UInt64)?) -> Bool {
        protected.contains { own in
            if Self.contains(own, path) {
                // A root inside the state folder was meant.
                return !roots.contains { $0 != own && Self.contains(own, $0) && Self.contains($0, path) }
            }
            var status = stat()
            guard let identity, stat(own, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
            return UInt64(status.st_dev) == identity.device && UInt64(status.st_ino) == identity.inode
        }
    }

    private static func contains(_ root: String, _ path: String) -> Bool {
        path == root || path.hasPrefix(root.hasSuffix("/") ? root : root + "/")
    }

    private static func walk(_ path: String, from folder: String) -> PathWalk {
        PathWalk(path.hasPrefix("/") ? path : folder + "/" + path)
    }

    /// The path made absolute, no link followed.
    private static func written(_ path: String, from folder: String) -> String {
        let names = (path.hasPrefix("/") ? path : folder + "/" + path).split(separator: "/").filter { $0 != "." }
        return "/" + names.joined(separator: "/")
    }
}
