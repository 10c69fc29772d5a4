import Transformers

/// The one model that a job holds in memory: two at once would double what it needs.
final class JobModel {
    private var model: LanguageModel?

    init(_ model: LanguageModel) { self.model = model }

    func use<Result>(_ body: (LanguageModel) throws -> Result) rethrows -> Result {
        guard let model else { preconditionFailure("the model was given away") }
        return try body(model)
    }

    /// Lets the model go before `load` makes another.
    func replace(_ load: () throws -> LanguageModel) rethrows {
        model = nil
        model = try load()
    }

    /// Hands the model over, to be released by whoever takes it.
    func give() -> LanguageModel {
        guard let given = model.take() else { preconditionFailure("the model was given away") }
        return given
    }
}
