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
            let bench = try JobBench(folder: folder, base: Fixtures.tinyBase(for: kind.rawValue))
            // Of a method without a rank the second run is one that names the inputs it scales.
            let isLowRank = kind.isLowRank
            let settings =
                isLowRank
                ? "rank: 4, alpha: 8, targets: all-linear" + (useRSLoRA ? ", use_rslora: true" : "")
                : useRSLoRA && kind == .ia3
                    ? "targets: all-linear, feedforward_modules: [up_proj, down_proj]" : "targets: all-linear"
            let useRSLoRA = isLowRank && useRSLoRA
            let result = try bench.run(
                """
                adapter: {method: \(kind.rawValue), \(settings)}
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
            #expect(manifest.contains("  rank: 4") == isLowRank)
            #expect(report.provenance.adapter.rank == (isLowRank ? 4 : nil))
            let again = try ManifestDocument.load(
                bytes: Array(manifest.utf8), file: "manifest.yaml", pipelinesFolder: folder)
            #expect(again.manifest.adapter.method == kind)
        }
    }

    @Test("A manifest's keys of a method are the settings that the method reads")
    func keys() throws {
        for kind in AdapterKind.allCases {
            #expect(try AdapterMethods.named(kind.rawValue).hasRank == kind.isLowRank)
        }
    }

    @Test(
        "A run that begins as a part of the weights, by modules with ranks of their own, is plain LoRA of twice the ranks",
        arguments: AdapterBeginning.allCases)
    func beginnings(beginning: AdapterBeginning) throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            let result = try bench.run(
                """
                adapter:
                  rank: 4
                  alpha: 8
                  dropout: 0.1
                  targets: all-linear
                  rank_pattern: {v_proj: 2, ".*mlp.down_proj": 6}
                  alpha_pattern: {v_proj: 3}
                  exclude: [o_proj]
                  layers: [1]
                  init: \(beginning.rawValue)
                training: {max_steps: 8, batch_size: 4, learning_rate: 2.0e-2, dtype: float32, lora_plus_ratio: 4}
                """)
            #expect(result.report.status == .succeeded, "\(result.report.reason ?? "")")
            #expect(result.report.parity?.passed == true)
            #expect(result.report.analysis.count == 6)
            let shape = result.report.provenance.adapter
            #expect(shape.beginning == beginning.rawValue && shape.layers == ["1"] && shape.excluded == ["o_proj"])
            #expect(result.report.provenance.training.loraPlusRatio == 4)
            let model = try Fixtures.tinyModel()
            let adapter = try Adapter.load(folder: result.runFolder, into: model)
            let factor = [.pissa, .olora].contains(beginning) ? 2 : 1
            for module in adapter.modules {
                let own = module.slot.name.hasSuffix("v_proj") ? 2 : module.slot.name.hasSuffix("down_proj") ? 6 : 4
                #expect(module.slot.name.contains("layers.1."))
                #expect(module.place.rank == factor * own)
                let alpha: Float = module.slot.name.hasSuffix("v_proj") ? 3 : 8
                #expect(module.place.scaling == alpha / Float(own))
            }
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
