import Common
import ForeignText
import Foundation

/// The card's YAML head, as the Hub's model card specification names it. Every foreign text is a double-quoted scalar.
enum ModelCardMetadata {
    static func render(_ report: RunReport) -> String {
        let provenance = report.provenance
        let name =
            provenance.base.hubID ?? provenance.base.path.split(separator: "/").last.map(String.init) ?? "unknown"
        let accuracy = report.slices.contains { $0.adapter.accuracy != nil }
        return """
            \(provenance.license.map { "license: \(ForeignText.forYAML($0))\n" } ?? "")\
            base_model: \(ForeignText.forYAML(name))
            \(kind(provenance.adapter))\
            pipeline_tag: \(task(report))
            tags:
            \(tags(provenance.adapter))\
            - lorad
            metrics:
            \(accuracy ? "- accuracy\n" : "")\(figures(report).map { "- \($0)\n" }.joined())\
            \(index(report))
            """
    }

    private static func kind(_ adapter: AdapterProvenance) -> String {
        adapter.isModel
            ? "base_model_relation: finetune\nlibrary_name: transformers\n"
            : "base_model_relation: adapter\n" + (adapter.isPEFTs ? "library_name: peft\n" : "")
    }

    private static func tags(_ adapter: AdapterProvenance) -> String {
        guard !adapter.isModel else { return "" }
        return (adapter.isLowRank ? "- lora\n" : "") + (adapter.isPEFTs ? "- peft\n" : "")
    }

    private static func task(_ report: RunReport) -> String {
        report.provenance.adapter.task == nil ? "text-generation" : "text-classification"
    }

    /// Figures beside accuracy that the run has, under the Hub's names.
    private static func figures(_ report: RunReport) -> [String] {
        switch report.provenance.adapter.task {
        case nil: ["perplexity"]
        case "regression": ["pearsonr", "spearmanr"]
        default: ["f1", "matthews_correlation"]
        }
    }

    private static func index(_ report: RunReport) -> String {
        guard !report.slices.isEmpty else { return "" }
        let data = report.provenance.datasets.first { $0.role == .evaluation }?.path ?? "evaluation data"
        let results = report.slices.map { slice in
            """
              - task:
                  type: \(task(report))
                dataset:
                  name: \(ForeignText.forYAML("\(data), slice \(slice.name)"))
                  type: json
                metrics:
            \(metric("accuracy", slice.adapter.accuracy))\(metric("loss", slice.adapter.loss))\
            \(metric("perplexity", slice.adapter.perplexity))\(metric("f1", slice.adapter.f1))\
            \(metric("matthews_correlation", slice.adapter.matthews))\(metric("pearsonr", slice.adapter.pearson))\
            \(metric("spearmanr", slice.adapter.spearman))
            """
        }
        return """
            model-index:
            - name: \(ForeignText.forYAML(report.provenance.name))
              results:
            \(results.joined())
            """
    }

    private static func metric(_ type: String, _ value: Double?) -> String {
        guard let value, value.isFinite else { return "" }
        return "    - type: \(type)\n      value: \(FigureFormat.fixed(value, 6))\n"
    }
}
