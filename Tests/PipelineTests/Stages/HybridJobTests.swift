import Adapters
import Foundation
import ModelFiles
import Pipeline
import Tensors
import TestSupport
import Testing

@Suite("Jobs of LoRA beside what is trained whole")
struct HybridJobTests {
    @Test(
        "The run is published as PEFT saves it, merges, and is verified",
        arguments: [
            ("method: hybrid, train_modules: [layers.1.mlp, input_layernorm]", #""model.layers.1.mlp""#),
            ("method: lora, modules_to_save: [lm_head]", #""modules_to_save": ["lm_head"]"#),
            ("method: lora, bias: all", #""bias": "all""#),
            ("method: lora, bias: lora_only", #""bias": "lora_only""#),
        ])
    func publishes(settings: String, told: String) throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder, base: Fixtures.path("families/llama-biases"))
            let result = try bench.run(
                """
                adapter: {\(settings), rank: 2, alpha: 4, dropout: 0, targets: [q_proj, up_proj]}
                training: {max_steps: 6, batch_size: 4, learning_rate: 5.0e-3}
                merge: {export: safetensors}
                """)
            #expect(result.report.status == .succeeded, "\(result.report.reason ?? "")")
            #expect(result.report.parity?.passed == true)
            #expect(result.report.analysis.contains { $0.singularValues.isEmpty } == !settings.contains("bias"))
            let written = try String(contentsOfFile: result.runFolder + "/adapter_config.json", encoding: .utf8)
            #expect(written.filter { !$0.isWhitespace }.contains(told.filter { !$0.isWhitespace }), "\(written)")
            var verification = RunVerification(result.runFolder, base: nil)
            let verdict = try verification.run()
            #expect(verdict.passed, "\(verdict.checks)")
        }
    }

    @Test(
        "BitFit trains the biases of norms where it is asked to, in float32 and bfloat16",
        arguments: ["", ", bias: all"])
    func bitfit(settings: String) throws {
        for dtype in ["float32", "bfloat16"] {
            try withTemporaryFolder { folder in
                let bench = try JobBench(folder: folder, base: Fixtures.path("families/gpt_neox"))
                let result = try bench.run(
                    """
                    adapter: {method: bitfit\(settings)}
                    training: {max_steps: 6, batch_size: 4, learning_rate: 2.0e-2, dtype: \(dtype)}
                    merge: {export: safetensors}
                    """)
                #expect(result.report.status == .succeeded, "\(result.report.reason ?? "")")
                #expect(result.report.parity?.passed == true)
                let base = try BaseModelFiles(path: bench.base)
                let weights = try SafetensorsFile(path: result.runFolder + "/adapter_model.safetensors")
                let norms = weights.tensors.values.filter { $0.name.contains("norm") }
                #expect(norms.count == (settings.isEmpty ? 0 : 10))
                for info in norms {
                    let matrices = (0..<2).map { _ in Matrix(rows: info.rows, columns: info.columns) }
                    try weights.read(info.name, into: matrices[0])
                    try base.read(String(info.name.dropFirst("base_model.model.".count)), into: matrices[1])
                    let isBase = matrices[0].values == matrices[1].values
                    #expect(isBase == info.name.hasSuffix(".weight"), "\(info.name)")
                }
                var verification = RunVerification(result.runFolder, base: nil)
                let verdict = try verification.run()
                #expect(verdict.passed, "\(verdict.checks)")
            }
        }
    }

    @Test("A base without biases has none to train, of norms as of projections")
    func noBiases() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            #expect(try bench.mistakes("adapter: {method: bitfit, bias: all}").joined().contains("no bias in the base"))
        }
    }

    @Test(
        "What cannot be trained whole is refused with the reason",
        arguments: [
            ("{method: hybrid, targets: [q_proj]}", "needs adapter.train_modules"),
            ("{method: lora, train_modules: [norm]}", "adapter.train_modules goes with adapter.method hybrid"),
            ("{method: dora, bias: all}", "adapter.bias goes with"),
            ("{method: bitfit, bias: lora_only}", "which adapter.method bitfit has none of"),
            ("{method: bitfit, bias: all, targets: [q_proj]}", "adapter.targets says which are trained"),
            ("{method: bitfit, bias: all, exclude: [q_proj]}", "adapter.exclude says which are trained"),
        ])
    func contradictions(section: String, told: String) throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            do {
                _ = try bench.document("adapter: \(section)")
                Issue.record("\(section) was taken")
            } catch {
                #expect("\(error)".contains(told), "\(error)")
            }
        }
    }

    @Test("A module that the base lacks, a tied head's table, and weights in bfloat16 are mistakes of the job")
    func mistakes() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder, base: Fixtures.path("families/gemma"))
            func told(_ lines: String) throws -> String { try bench.mistakes(lines).joined(separator: " ") }
            #expect(try told("adapter: {modules_to_save: [wte], targets: [q_proj]}").contains("no module named 'wte'"))
            #expect(try told("adapter: {modules_to_save: [embed_tokens], targets: [q_proj]}").contains("same table"))
            let narrow = try told(
                "adapter: {modules_to_save: [norm], targets: [q_proj]}\ntraining: {max_steps: 2, dtype: bfloat16}")
            #expect(narrow.contains("training.dtype: float32"), "\(narrow)")
        }
    }
}
