extension BaseModelFiles {
    /// A tensor by its Hugging Face name as its file holds it, its rows in Hugging Face's order.
    ///
    /// - Returns: nil where that is not how the file holds it: a row of Hugging Face's lies across the file's, or its numbers
    ///   are others than the file's.
    /// - Throws: as `read(_:into:)` of what is not there.
    package func blocks(of huggingFaceName: String) throws -> StoredBlocks? {
        let tensor = try tensor(huggingFaceName)
        switch tensor.layout {
        case .same: return try source.blocks(tensor.info.name)
        case .rotaryPairs where tensor.info.rows > 1:
            return try source.blocks(tensor.info.name).reordered {
                RotaryPermutation.ggufRow($0, headDim: configuration.headDim)
            }
        case .rotaryPairs, .transposed, .plusOne: return nil
        }
    }
}
