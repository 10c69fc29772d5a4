import Digests
import Foundation
import Ledger
import LedgerSupport
import Manifests
import Publication
import Registry
import ReportSupport
import Reports
import TestSupport

/// An outbox with runs of a name, and a ledger beside it.
struct RegistryBench {
    let bench: LedgerBench
    let outbox: String
    let registry: Registry

    init() throws {
        bench = try LedgerBench()
        outbox = bench.folder.path + "/outbox"
        try FileManager.default.createDirectory(atPath: outbox, withIntermediateDirectories: true)
        registry = Registry(ledger: bench.ledger, outbox: outbox, announcer: NobodyTold())
    }

    /// `20261101T000000Z-00000001` and so on, one a day.
    static func run(_ day: Int) -> String { String(format: "202611%02dT000000Z-%08x", day, day) }

    /// Publishes a run, as a pipeline leaves it.
    ///
    /// - Parameter folder: the name's, or of a night of an earlier lorad.
    @discardableResult
    func publish(
        _ day: Int, in folder: String = "sentiment", suffix: String = "",
        base: String = String(repeating: "b", count: 64),
        isScored: Bool = true, parent: ParentProvenance? = nil, method: String? = nil, template: String? = nil
    ) throws -> String {
        var report = SampleReport.succeeded()
        report.provenance.base.sha256 = base
        report.provenance.finishedAt = Date(timeIntervalSince1970: 1_793_000_000 + Double(day) * 86_400)
        report.provenance.parent = parent
        report.provenance.chatTemplate = template.map { ChatTemplateProvenance(sha256: $0) }
        if let method { report.provenance.adapter.method = method }
        if !isScored {
            report.slices = []
            report.provenance.datasets.removeAll { $0.role == .evaluation }
        }
        let run = "\(folder)/\(Self.run(day))\(suffix)"
        return try publish(
            run,
            [
                "report.json": try ReportCoding.encode(report),
                "provenance.json": try ProvenanceDocument(report.provenance, subject: nil).encoded(),
            ])
    }

    /// Publishes an adapter from elsewhere, as an import leaves it.
    @discardableResult
    func publishImport(_ day: Int, in folder: String = "sentiment") throws -> String {
        let record = ImportRecord(
            name: folder, source: "/elsewhere/adapter",
            importedAt: Date(timeIntervalSince1970: 1_793_000_000 + Double(day) * 86_400), importedBy: "importer",
            method: "LoRA",
            base: .init(
                path: "/bases/tiny", sha256: String(repeating: "b", count: 64),
                tokenizerSHA256: String(repeating: "t", count: 64)), adapterRecordsBase: false)
        return try publish("\(folder)/\(Self.run(day))", [ImportRecord.fileName: try record.encoded()])
    }

    private func publish(_ run: String, _ documents: [String: Data]) throws -> String {
        let path = "\(outbox)/\(run)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        var files = documents
        files["adapter_model.safetensors"] = Data("weights of \(run)".utf8)
        var list = ""
        for (name, data) in files.sorted(by: { $0.key < $1.key }) {
            try data.write(to: URL(fileURLWithPath: "\(path)/\(name)"))
            list += "\(SHA256.hexadecimal(of: data))  \(name)\n"
        }
        try Data(list.utf8).write(to: URL(fileURLWithPath: path + "/SHA256SUMS"))
        return run
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(outbox)/\(name)"))
    }

    /// Where a link in the name's folder leads; nil where there is none.
    func link(_ alias: String, name: String = "sentiment") -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "\(outbox)/\(name)/\(alias)")
    }

    func mirror(_ name: String = "sentiment") throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(outbox)/\(name)/registry.json"))
        return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }

    @discardableResult
    func promote(_ number: Int, alias: String = "champion") throws -> AliasMovement {
        try registry.promote("sentiment", to: .version(number), alias: alias, by: "tester")
    }

    func version(_ number: Int) throws -> AdapterVersion {
        try registry.version(VersionReference(name: "sentiment", .number(number)))
    }

    func target(_ alias: String) throws -> AliasTarget? { try registry.known("sentiment").target(of: alias) }
}
