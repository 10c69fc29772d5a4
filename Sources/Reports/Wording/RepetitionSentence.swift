import Common

/// Whether the same prompt gave the same bits twice, as a sentence.
package enum RepetitionSentence {
    /// With a space before it, to stand after another sentence; nothing of a report that does not say.
    package static func after(_ repetition: RepetitionReport?) -> String {
        guard let repetition else { return "" }
        guard repetition.identical else {
            return " The prompt \(TextBlock.short(repetition.differing ?? "")) gave other bits the second time."
        }
        return repetition.prompts == 1
            ? " The first prompt, put to the adapter twice, gave the same bits."
            : " The first \(FigureFormat.count(repetition.prompts)) prompts, put to the adapter twice, gave the same bits."
    }
}
