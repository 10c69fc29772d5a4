import Foundation
import Publication
import Reports

/// An artifact of one file, which nothing trained.
struct SampleArtifact: Artifact {
    static let subject = "adapter_model.safetensors"

    static func files(in folder: String) -> [String] { [subject] }

    static func card(of report: RunReport) -> String { ModelCard.render(report) }

    func write(to folder: String, _ report: inout RunReport) throws {
        try Data(repeating: 7, count: 3_000_000).write(to: URL(filePath: "\(folder)/\(Self.subject)"))
    }

    func readBack(from folder: String) throws {}

    func verify(in folder: String, _ report: inout RunReport) -> [ArtifactCheck] { [] }
}
