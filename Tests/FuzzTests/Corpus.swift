import Foundation

/// The files of `Fuzz/Corpus`.
enum Corpus {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fuzz/Corpus").path

    /// By name.
    static func files(of target: String) throws -> [(name: String, bytes: [UInt8])] {
        let folder = "\(folder)/\(target)"
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { name in
            (name, Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))))
        }
    }
}
