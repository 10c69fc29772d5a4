import Foundation

/// Which files a job may touch: those that, with every symlink followed, lie under an allowed root.
///
/// The check is made before a path is opened, so it keeps mistakes and careless manifests out; somebody who can
/// swap folders inside an allowed root at the right instant is not kept out.
package struct PathPolicy: Sendable {
    /// The folder that relative paths start from, resolved.
    package let workingFolder: String
    /// The allowed roots, resolved.
    package let roots: [String]

    /// - Parameter roots: folders, relative to the working folder or absolute. One that does not exist allows nothing.
    package init(workingFolder: String, roots: [String]) {
        let folder = Self.resolved(URL(fileURLWithPath: workingFolder))
        self.workingFolder = folder
        self.roots = roots.map { Self.resolved(URL(fileURLWithPath: $0, relativeTo: Self.folderURL(folder))) }
    }

    /// The absolute path of an existing file or folder, symlinks followed. Throws `forbidden` where it leaves the
    /// allowed roots and `missing` where there is nothing.
    package func resolve(_ path: String) throws -> String {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw ManifestsError(.forbidden, "A path may be neither empty nor hold a NUL character.")
        }
        guard !path.split(separator: "/").contains("..") else {
            throw ManifestsError(
                .forbidden, "The path \(Shown.quoted(path)) holds \"..\"; name the file from the working folder.")
        }
        let url = URL(fileURLWithPath: path, relativeTo: Self.folderURL(workingFolder))
        let resolved = Self.resolved(url)
        // Before existence: a path outside must not tell whether something is there.
        guard roots.contains(where: { Self.contains($0, resolved) }) else {
            let isAbsolute = path.hasPrefix("/")
            throw ManifestsError(
                .forbidden,
                "The path \(Shown.quoted(path)) \(isAbsolute ? "lies" : "leads") outside the folders that jobs may use.",
                cause: resolved == url.standardizedFileURL.path ? nil : "It resolves to \(resolved).",
                advice: "Allowed are \(roots.joined(separator: ", ")); lorad.yaml's allowed_roots names them.")
        }
        guard FileManager.default.fileExists(atPath: resolved) else {
            throw ManifestsError(.missing, "There is no file or folder \(Shown.quoted(path)).")
        }
        return resolved
    }

    private static func folderURL(_ path: String) -> URL { URL(fileURLWithPath: path, isDirectory: true) }

    private static func contains(_ root: String, _ path: String) -> Bool {
        path == root || path.hasPrefix(root.hasSuffix("/") ? root : root + "/")
    }

    /// Follows symlinks of the longest part that exists, component by component, so that a link in the middle of a
    /// path whose end is missing is followed too.
    private static func resolved(_ url: URL) -> String {
        var missing: [String] = []
        var current = url.absoluteURL.standardizedFileURL
        while current.path != "/", !FileManager.default.fileExists(atPath: current.path) {
            if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: current.path) {
                // A link to nothing: where it points is what counts. One step; a chain of dangling links stays missing.
                let base = current.deletingLastPathComponent().resolvingSymlinksInPath()
                current = URL(fileURLWithPath: target, relativeTo: base).absoluteURL.standardizedFileURL
                break
            }
            missing.insert(current.lastPathComponent, at: 0)
            current = current.deletingLastPathComponent()
        }
        let start = current.resolvingSymlinksInPath().path
        return missing.reduce(start) { $0.hasSuffix("/") ? $0 + $1 : $0 + "/" + $1 }
    }
}
