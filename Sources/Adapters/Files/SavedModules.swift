import Transformers

/// PEFT's `modules_to_save` for a classification head: its list for SEQ_CLS, and a pooler where the base has none.
enum SavedModules {
    static let known = ["classifier", "score", "pooler"]

    static func names(_ head: ClassificationHead) -> [String] {
        let savesPooler = head.trained.contains { $0.name.hasSuffix("pooler.dense") }
        return savesPooler ? known : known.filter { $0 != "pooler" }
    }
}
