import Foundation
import ReportSupport
import Reports
import Testing

@Suite struct ReportCodingTests {
    @Test("A report read back is the report that was written")
    func roundTrip() throws {
        let report = SampleReport.succeeded()
        #expect(try ReportCoding.decode(ReportCoding.encode(report)) == report)
    }

    @Test("The same report is the same bytes")
    func deterministic() throws {
        #expect(try ReportCoding.encode(SampleReport.succeeded()) == ReportCoding.encode(SampleReport.succeeded()))
    }

    @Test("The keys are those of the contract")
    func keys() throws {
        var report = SampleReport.succeeded()
        report.reason = "none"
        report.gates[0].max = 1
        let tree = try JSONSerialization.jsonObject(with: ReportCoding.encode(report))
        let paths = keyPaths(of: tree)
        let contract = Set(
            Self.contract.flatMap { section, keys in
                keys.split(separator: " ").map { section.isEmpty ? String($0) : "\(section).\($0)" }
            })
        #expect(contract.subtracting(paths).sorted() == [])
    }

    @Test("A provenance names the templates of the run and of its sources, in memory and in its file alike")
    func trainedTemplates() throws {
        var provenance = SampleReport.succeeded().provenance
        #expect(provenance.trainedTemplates.sha256 == [])
        provenance.chatTemplate = ChatTemplateProvenance(sha256: "own")
        provenance.datasets[0].chatTemplate = ChatTemplateProvenance(source: "other", sha256: "source")
        #expect(provenance.trainedTemplates.sha256 == ["own", "source"])
        let read = try JSONDecoder().decode(TrainedTemplates.self, from: JSONEncoder().encode(provenance))
        #expect(read == provenance.trainedTemplates)
    }

    @Test("Figures that are not finite are null in the file, named in not_finite, and restored")
    func notFinite() throws {
        var report = SampleReport.failed()
        report.reason = "NaN"
        let data = try ReportCoding.encode(report)
        let tree = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let training = try #require(tree["training"] as? [String: Any])
        #expect((training["loss"] as? [Any])?.last is NSNull)
        #expect(
            tree["not_finite"] as? [String: String]
                == ["training.loss[4]": "NaN", "training.gradient_norm[4]": "Infinity"])
        let restored = try ReportCoding.decode(data)
        #expect(restored.training?.loss[4].isNaN == true)
        #expect(restored.training?.gradientNorm[4] == .infinity)
        #expect(restored.training?.loss[0] == report.training?.loss[0])
        #expect(restored.reason == "NaN")
    }

    @Test("A null that not_finite does not name is refused")
    func strayNull() throws {
        let text = String(decoding: try ReportCoding.encode(SampleReport.succeeded()), as: UTF8.self)
        let broken = text.replacingOccurrences(of: "\"steps\" : 60", with: "\"steps\" : null")
        #expect(broken != text)
        #expect(throws: DecodingError.self) { try ReportCoding.decode(Data(broken.utf8)) }
    }

    private func keyPaths(of tree: Any, at path: String = "") -> Set<String> {
        if let object = tree as? [String: Any] {
            return object.reduce(into: []) { found, entry in
                let child = path.isEmpty ? entry.key : "\(path).\(entry.key)"
                found.insert(child)
                found.formUnion(keyPaths(of: entry.value, at: child))
            }
        }
        return (tree as? [Any])?.reduce(into: []) { $0.formUnion(keyPaths(of: $1, at: path)) } ?? []
    }

    /// design.md, "JSON, version 1", section by section.
    private static let contract = [
        "": "version status reason training slices parity gates analysis provenance",
        "training": """
        loss learning_rate gradient_norm validation steps tokens supervised_tokens tokens_per_second wall_seconds \
        peak_memory_bytes predicted_peak_memory_bytes trainable_parameters base_parameters rows contamination sample
        """,
        "training.validation": "step loss",
        "slices": "name rows base adapter",
        "slices.base": "loss perplexity accuracy accuracy_interval calibration_error",
        "slices.adapter": "loss perplexity accuracy accuracy_interval calibration_error",
        "parity": """
        passed dtype tolerance max_abs_logit_difference mean_kl top1_agreement identical_text prompts \
        base_vs_adapter_max_abs_logit_difference
        """,
        "parity.prompts": "id base_text adapter_text merged_text max_abs_logit_difference expectation",
        "parity.prompts.expectation": "passed",
        "gates": "slice metric min max better_than value passed",
        "analysis": "module singular_values relative_frobenius_norm",
        "provenance": "name run attempt base datasets adapter training versions machine started_at finished_at",
        "provenance.base": "path sha256 tokenizer_sha256 model_type parameters",
        "provenance.datasets": "role path sha256 rows",
        "provenance.adapter": "method rank alpha dropout targets",
        "provenance.training": """
        seed dtype compute_dtype kernels schedule learning_rate steps tokens wall_seconds tokens_per_second peak_memory_bytes
        """,
        "provenance.training.kernels": "variant number first_step",
        "provenance.machine": "cpu threads instructions kernels_number system",
    ]
}
