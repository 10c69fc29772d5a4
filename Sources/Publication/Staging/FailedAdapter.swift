import Common
import Foundation

/// What becomes of weights that are not proven: a run that did not succeed publishes no file by a name that a loader
/// looks for. The adapter stays for diagnosis, as `adapter-failed/NAME.failed`; merged weights and the model card, which
/// can be made again, are left out.
enum FailedAdapter {
    static let folder = "adapter-failed"
    private static let leftOut = ["merged", "README.md"]
    private static let weightEndings = ["safetensors", "gguf", "bin", "pt", "pth"]
    private static let configurations = ["adapter_config.json", "config.json"]

    /// Applies the rule to a staged run.
    static func quarantine(in staging: String) throws {
        do {
            for name in leftOut where FileSystem.exists("\(staging)/\(name)") {
                try FileManager.default.removeItem(atPath: "\(staging)/\(name)")
            }
            let loadable = try PublishedFiles(in: staging).files.filter(isLoadable)
            guard !loadable.isEmpty else { return }
            try FileManager.default.createDirectory(
                atPath: "\(staging)/\(folder)", withIntermediateDirectories: true)
            for path in loadable {
                let flat = path.replacingOccurrences(of: "/", with: "-")
                try Durable.renameUnsynchronized("\(staging)/\(path)", to: "\(staging)/\(folder)/\(flat).failed")
            }
        } catch let error as any Fault {
            throw error
        } catch {
            throw PublicationError(
                .unwritable, "The unproven adapter in \(staging) cannot be set aside.",
                cause: FileSystem.reason(of: error))
        }
    }

    private static func isLoadable(_ path: String) -> Bool {
        let name = path as NSString
        return weightEndings.contains(name.pathExtension.lowercased())
            || configurations.contains(name.lastPathComponent.lowercased())
    }
}
