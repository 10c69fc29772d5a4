import ModelFiles
import Testing

/// Runs what must throw a `ModelFilesError` of one code, and returns it.
@discardableResult
func expectError<Result>(
    _ code: ModelFilesError.Code, containing text: String = "", sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Result
) -> ModelFilesError? {
    let error = #expect(throws: ModelFilesError.self, sourceLocation: sourceLocation) { _ = try body() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    if let error, !text.isEmpty {
        #expect(error.message.contains(text), "\(error.message)", sourceLocation: sourceLocation)
    }
    return error
}
