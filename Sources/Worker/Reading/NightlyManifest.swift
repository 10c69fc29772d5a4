import Common
import Executors
import Foundation
import Manifests
import OperatingSystem
import Pipeline

/// A manifest on its way into the inbox, by hand or by the clock: `--set`, the stamp, and the question whether there is
/// anything new to train.
package struct NightlyManifest: Sendable {
    /// With the settings in it, and without a stamp.
    package let text: String
    /// The file it comes from.
    package let file: String
    package let document: ManifestDocument

    /// Throws a `ManifestsError`, for a file that cannot be read or with every mistake.
    package init(path: String, settings: [String], _ configuration: WorkerConfiguration) throws {
        let plain = try Self.read(path)
        let overrides = try settings.map(Override.init)
        file = path
        // Of the text as it was typed, so that a mistake is told where it stands: in a line of the file, or in a setting.
        document = try ManifestReading.document(plain, path: path, configuration, overrides: overrides)
        text = overrides.isEmpty ? plain : try Override.edit(bytes: Array(plain.utf8), file: path, overrides: overrides)
    }

    /// A manifest's text, or what a link leads to. Throws a `ManifestsError` for what is no file of text, or too large.
    static func read(_ path: String) throws -> String {
        guard FileSystem.status(path, followingLinks: true) != nil else {
            throw ManifestsError(.missing, "\(path) cannot be read.")
        }
        let file = ManifestFile.read(path, name: path, followingLinks: true)
        if let mistake = file.mistake { throw ManifestsError(.unreadable, mistake) }
        return file.text
    }

    /// The text with a stamp in it.
    ///
    /// - Throws: `ManifestsError` where it has no place for one.
    package func stamped(at date: Date, _ configuration: WorkerConfiguration) throws -> String {
        let stamped = try Stamp.apply(to: text, file: file, at: date)
        _ = try ManifestReading.document(stamped, path: file, configuration)
        return stamped
    }

    /// `nightly-20261124t0200z.yaml` for `pipelines/nightly.yaml`.
    package static func fileName(of path: String, at date: Date) -> String {
        let name = URL(fileURLWithPath: path).lastPathComponent
        let stem = InboxNames.stem(name)
        let ending = name.dropFirst(stem.count)
        return Stamp.name(stem, stamp: Stamp.text(date)) + (ending.isEmpty ? ".yaml" : ending)
    }
}
