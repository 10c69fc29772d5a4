import ModelFiles
import Tensors
import Transformers

/// What holds for any model that a configuration describes: it is built of tensors of the shapes that it announced, and
/// computes without reaching outside of them.
enum ModelChecks {
    /// Weights made up for a configuration, of the shapes that its family announces.
    private struct MadeUpWeights: WeightSource {
        let configuration: ModelConfiguration
        let shapes: [String: [Int]]

        func shape(of name: String) -> [Int]? { shapes[name] }

        func verifyComplete(expected: [String: [Int]], ignoring isIgnored: (String) -> Bool) throws {
            for (name, shape) in expected {
                try require(shapes[name] == shape, "\(name) \(shape) is expected, and was not announced so")
            }
            // A classifier does without the vocabulary head.
            let stray = shapes.keys.filter { expected[$0] == nil && !isIgnored($0) }
            try require(stray.isEmpty, "\(stray) were announced, and are not expected")
        }

        func read(_ name: String, into matrix: Matrix) throws {
            guard let shape = shapes[name] else {
                throw FuzzViolation(message: "\(name) is read, and was not announced")
            }
            let rows = shape.count < 2 ? 1 : shape[0]
            try require(
                matrix.rows == rows && rows * matrix.columns == shape.reduce(1, *),
                "\(name) of the shape \(shape) is read into \(matrix.rows) × \(matrix.columns)")
            for row in 0..<rows {
                for column in 0..<matrix.columns { matrix[row, column] = Float((row * 7 + column * 3) % 13 - 6) / 16 }
            }
        }
    }

    /// Elements of the largest model that is built.
    private static let mostElements = 1 << 16

    /// Builds and runs a model that is small enough.
    static func run(_ configuration: ModelConfiguration, shapes: [String: [Int]]) throws {
        var elements = 0
        for shape in shapes.values {
            let (count, overflows) = shape.reduce((1, false)) { product, size in
                let (count, overflow) = product.0.multipliedReportingOverflow(by: size)
                return (count, product.1 || overflow)
            }
            guard !overflows, count <= mostElements else { return }
            elements += count
        }
        guard elements <= mostElements else { return }
        try run(MadeUpWeights(configuration: configuration, shapes: shapes))
    }

    /// Generates a few tokens, and classifies a sequence.
    static func run(_ source: some WeightSource) throws {
        let configuration = source.configuration
        let length = min(9, configuration.maxPositions)
        let tokens = (0..<length).map { $0 % configuration.vocabularySize }
        if let model = try accepted({ try LanguageModel.load(source, dtype: .float32) }),
            let cache = try accepted({ try model.makeCache(capacity: length) })
        {
            var shown = 0
            // All at once would leave the cache's growth untried.
            for count in [1, 3] + [Int](repeating: 1, count: length) where shown + count <= length {
                let logits = try accepted { try model.decode(Array(tokens[shown..<(shown + count)]), cache: cache) }
                guard let logits else { break }
                try require(logits.columns == configuration.vocabularySize, "logits of \(logits.columns) tokens")
                shown += count
            }
        }
        let task = ClassificationTask(classes: 3, seed: 1)
        guard let model = try accepted({ try LanguageModel.load(source, dtype: .float32, task: task) }) else { return }
        var batch = PackedBatch()
        batch.append(tokens: tokens, types: [], position: 0, class: 2)
        batch.append(tokens: Array(tokens.prefix(1)), types: [], position: 0, class: 0)
        if let logits = try accepted({ try model.logits(batch) }) {
            try require(logits.rows == 2 && logits.columns == 3, "\(logits.rows) × \(logits.columns) logits")
        }
    }
}
