import Adapters
import Foundation
import Manifests
import Pipeline
import TestSupport
import Testing

/// A job of every method, from its manifest to its published run.
@Suite("Jobs of every method")
struct MethodJobTests {
    @Test("A manifest names the methods that there are, and no others")
    func names() {
        #expect(AdapterKind.allCases.map(\.rawValue) == AdapterMethods.all.map(\.name))
    }

    @Test(
        "It trains, publishes, and the merged weights answer as the adapter does", arguments: AdapterKind.allCases,
        [false, true])
    func publishes(kind: AdapterKind, useRSLoRA: Bool) throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            let scaling = useRSLoRA ? ", use_rslora: true" : ""
            let result = try bench.run(
                """
                adapter: {method: \(kind.rawValue), rank: 4, alpha: 8, targets: all-linear\(scaling)}
                training: {max_steps: 8, batch_size: 4, learning_rate: 2.0e-2, dtype: float32}
                """)
            let report = result.report
            #expect(report.status == .succeeded, "\(report.reason ?? "")")
            #expect(report.parity?.passed == true)
            #expect(report.provenance.adapter.method == kind.rawValue)
            #expect(report.provenance.adapter.useRSLoRA == (useRSLoRA ? true : nil))
            #expect(report.analysis.allSatisfy { $0.relativeFrobeniusNorm > 0 } && !report.analysis.isEmpty)
            let written = try String(contentsOfFile: result.runFolder + "/adapter_config.json", encoding: .utf8)
            #expect(written.contains("\"use_rslora\": true") == useRSLoRA)
            #expect(written.contains("\"use_dora\": true") == (kind == .dora))
            let manifest = try String(contentsOfFile: result.runFolder + "/manifest.yaml", encoding: .utf8)
            #expect(manifest.contains("use_rslora") == useRSLoRA)
        }
    }

    @Test("A method that is none is refused with those that there are")
    func unknown() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            #expect(throws: (any Error).self) { try bench.document("adapter: {method: lokr}") }
        }
    }
}
