import AdapterKinds
import Common
import Digests
import Foundation
import Manifests
import ModelFiles
import Publication
import Reports
import Tensors

/// Trains a published run again, by its own manifest, on a base and data that are the same bytes, and compares the adapters.
///
/// What is trained depends on the manifest, the base, the data, the parent where there is one, and on lorad's arithmetic: the
/// variant of the kernels is taken that the run was computed with, where this CPU has it.
package struct RunReproduction {
    private let folder: String
    private let basePath: String?
    private let workFolder: String
    private let hashCache: HashCache
    private let shouldStop: () -> Bool
    private let reporter: JobReporter

    /// - Parameters:
    ///   - folder: `outbox/NAME/RUN`.
    ///   - base: where the base lies now; nil: where the manifest says.
    ///   - workFolder: a folder for what is made again, which nobody else uses.
    package init(
        _ folder: String, base: String?, workFolder: String, hashCache: HashCache,
        shouldStop: @escaping () -> Bool = { false }, reporter: JobReporter = .silent
    ) {
        self.folder = folder
        basePath = base
        self.workFolder = workFolder
        self.hashCache = hashCache
        self.shouldStop = shouldStop
        self.reporter = reporter
    }

    /// Makes the run again; what it made lies in the work folder then.
    ///
    /// - Throws: `PipelineError.rejected` where the run's files are not those that were published, a file of data is gone or
    ///   another one, or the job is refused; `.failed` where it fails now; `.interrupted`.
    package func run() throws -> Reproduction {
        let report = try publishedReport()
        try checkData(report.provenance)
        let document = try manifest(report.provenance)
        takeVariant(report.provenance)
        let environment = JobEnvironment(
            outbox: workFolder + "/outbox", workFolder: workFolder + "/work", hashCache: hashCache, policy: nil,
            shouldStop: shouldStop, reporter: reporter)
        for folder in [environment.outbox, environment.workFolder] { try FileSystem.makeFolder(folder) }
        let again = try JobPipeline(document, environment: environment).run()
        guard again.status == .succeeded else {
            throw PipelineError(
                .failed, "The run was made again, and failed.", cause: again.report.explanation.joined(separator: " "))
        }
        return try compare(report.provenance, again)
    }

    private func publishedReport() throws -> RunReport {
        let outcome = try VerifyPublication.check(folder)
        guard outcome.passed else {
            let findings = outcome.findings.map { "\($0.path) is \($0.kind.rawValue)" }.joined(separator: ", ")
            throw PipelineError(
                .rejected, "\(folder) is not as it was published, so there is nothing to compare with.", cause: findings
            )
        }
        try ImportRecord.requireNone(in: folder, advice: "Only what lorad trained can be trained again.")
        let report: RunReport
        do {
            report = try ReportCoding.decode(try Data(contentsOf: URL(fileURLWithPath: folder + "/report.json")))
        } catch {
            throw PipelineError(
                .rejected, "\(folder)/report.json cannot be read.", cause: FileSystem.reason(of: error))
        }
        guard report.status == .succeeded else {
            throw PipelineError(
                .rejected, "The run in \(folder) \(report.status.rawValue); only one that succeeded is made again.")
        }
        return report
    }

    /// What a run read beside its base, by the hash of the bytes that it read: rows, prompts, tools, and its parent.
    package static func inputs(of provenance: Provenance) -> [(path: String, sha256: String)] {
        provenance.datasets.map { ($0.path, $0.sha256) }
            + (provenance.tools.map { [($0.path, $0.sha256)] } ?? [])
            + (provenance.parent.map { [("\($0.path)/\(AdapterArtifact.subject)", $0.sha256)] } ?? [])
    }

    /// All of it must be there, of the same bytes; what is not is told at once.
    private func checkData(_ provenance: Provenance) throws {
        var faults: [String] = []
        for (path, sha256) in Self.inputs(of: provenance) {
            guard let found = try? ContentHash.ofFile(path) else {
                faults.append("\(path) is not there")
                continue
            }
            if found != sha256 { faults.append("\(path) is another file: sha256 \(found), it was \(sha256)") }
        }
        guard faults.isEmpty else {
            throw PipelineError(
                .rejected, "The run cannot be made again: its data are not what they were.",
                cause: faults.joined(separator: "; "),
                advice: "Bring the files back to their places, relative to this folder, and try again.")
        }
    }

    private func manifest(_ provenance: Provenance) throws -> ManifestDocument {
        // No merged weights are published, and nobody is told: neither decides the adapter.
        var settings = ["merge.export=none", "merge.type=null", "merge.max_kl=null", "notify=[]"]
        if let basePath { settings.append("base.path=\(Self.quoted(basePath))") }
        if let parent = provenance.parent {
            let path = URL(fileURLWithPath: parent.path).standardizedFileURL.path
            settings.append("adapter.init_from=\(Self.quoted(path))")
        }
        return try ManifestDocument.load(
            path: folder + "/manifest.yaml", pipelinesFolder: folder, overrides: settings.map(Override.init))
    }

    /// A scalar of YAML, whatever stands in the text.
    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "''") + "'"
    }

    private func takeVariant(_ provenance: Provenance) {
        let machine = provenance.machine
        if let variant = KernelVariant.named(machine.instructions), variant.runsHere { variant.choose() }
        if KernelVariant.chosen.name != machine.instructions {
            reporter.log(
                "the run was computed by the kernels \(machine.instructions), which this CPU does not have: bits may differ"
            )
        }
    }

    private func compare(_ then: Provenance, _ again: JobResult) throws -> Reproduction {
        let differences = Reproduction.differences(then: then, now: again.report.provenance)
        let artifact = (AdapterKind(rawValue: then.adapter.method) ?? .lora).artifact
        let weights = artifact.files(in: folder).filter { $0.hasSuffix(".safetensors") }
        let folders = [folder, again.runFolder]
        // Of several files the list of their hashes.
        let hashes = try folders.map { folder in
            let all = try weights.map { try ContentHash.ofFile("\(folder)/\($0)") }
            return all.count == 1 ? all[0] : SHA256.hexadecimal(of: Data(all.joined(separator: "\n").utf8))
        }
        let tensors = try AdapterDifference(weights.map { ("\(folders[0])/\($0)", "\(folders[1])/\($0)") })
        return Reproduction(
            runFolder: folder, reproduced: hashes[0] == hashes[1], published: hashes[0], madeAgain: hashes[1],
            tensorsThatDiffer: tensors.differing, tensors: tensors.count, largestDifference: tensors.largest,
            differences: differences)
    }
}
