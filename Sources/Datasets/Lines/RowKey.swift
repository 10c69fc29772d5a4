/// A key that lorad reads in rows of data; a manifest's `dataset.columns` can say which key of the file stands for it.
package enum RowKey: String, CaseIterable, Sendable {
    case prompt, completion
    case messages, tools
    case text
    case textPair = "text_pair"
    case label
    /// For `evaluation.slice_by: slice`; the field that it names is else the file's own.
    case slice
    // Alpaca's and ShareGPT's.
    case instruction, input, output
    case conversations, system
}
