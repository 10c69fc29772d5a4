import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("Classification heads")
struct ClassificationHeadTests {
    private func matrix(_ rows: Int, _ columns: Int, seed: UInt64, scale: Float = 1) -> Matrix {
        let random = Philox(seed: seed, streamNumber: 9)
        let values = (0..<(rows * columns)).map {
            scale * (2 * random.uniform(step: 0, position: UInt64($0)) - 1)
        }
        return Matrix(values, rows: rows, columns: columns)
    }

    private func linear(_ name: String, _ outputs: Int, _ inputs: Int, seed: UInt64) -> TrainableLinear {
        TrainableLinear(
            name: name, weight: matrix(outputs, inputs, seed: seed), bias: matrix(1, outputs, seed: seed + 1))
    }

    private func head(classes: Int?) -> ClassificationHead {
        ClassificationHead(
            task: ClassificationTask(classes: classes, seed: 4),
            norm: LayerNorm(weight: matrix(1, 6, seed: 1), bias: matrix(1, 6, seed: 2), epsilon: 1e-5),
            pooler: Pooler(.trained(linear("p", 5, 6, seed: 3)), activation: .tanh, inputDropout: 0.3),
            output: linear("c", classes ?? 1, 5, seed: 5), isFresh: true, dropout: 0.2)
    }

    private func pass() -> Pass {
        Pass(
            mode: .training(step: 2, firstRow: 0), saved: Arena(reservingBytes: 1 << 24),
            scratch: Arena(reservingBytes: 1 << 24))
    }

    @Test("Input and parameter gradients equal finite differences of the loss, dropout on", arguments: [3, nil])
    func gradients(classes: Int?) {
        let head = head(classes: classes)
        let x = matrix(4, 6, seed: 8)
        let labels =
            classes == nil
            ? BatchLabels(values: [0.5, -1, 2, 0.1], first: 3) : BatchLabels(classes: [0, 2, 1, 1], first: 3)
        let dx = Matrix(rows: 4, columns: 6)
        _ = head.loss(x, labels: labels, scale: 1, gradient: dx, pass: pass())
        let gradients = head.parameters.map(\.gradient.values)
        func check(_ matrix: Matrix, _ gradient: [Float], _ what: String) {
            let step: Float = 1e-2
            for (index, expected) in gradient.enumerated() {
                let (row, column) = (index / matrix.columns, index % matrix.columns)
                let value = matrix[row, column]
                func loss(_ moved: Float) -> Double {
                    matrix[row, column] = moved
                    let unused = Matrix(rows: 4, columns: 6)
                    return head.loss(x, labels: labels, scale: 0, gradient: unused, pass: pass())
                }
                let slope = (loss(value + step) - loss(value - step)) / Double(2 * step)
                matrix[row, column] = value
                #expect(abs(slope - Double(expected)) < 2e-2 * max(1, abs(slope)), "\(what) \(index)")
            }
        }
        check(x, dx.values, "x")
        for (parameter, gradient) in zip(head.parameters, gradients) {
            check(parameter.value, gradient, parameter.name)
        }
    }

    @Test("Reset and usesTrained bring back what training started from")
    func initial() {
        let linear = linear("c", 2, 3, seed: 1)
        let x = matrix(2, 3, seed: 2)
        func forward() -> [Float] {
            let y = Matrix(rows: 2, columns: 2)
            linear.forward(x, into: y)
            return y.values
        }
        let before = forward()
        linear.weight.value.fill(3)
        #expect(forward() != before)
        linear.usesTrained = false
        #expect(forward() == before)
        linear.usesTrained = true
        linear.reset()
        #expect(forward() == before)
    }

    @Test("A fresh head is a function of the seed, near normal with a deviation of 0.02; biases are zero")
    func fresh() throws {
        let files = try BaseModelFiles(path: Fixtures.path("classifiers/bert-headless/base"))
        func values(_ seed: UInt64) throws -> [Float] {
            let model = try LanguageModel.load(
                files, dtype: .float32, task: ClassificationTask(classes: 2, seed: seed))
            let head = try #require(model.classifier)
            #expect(head.isFresh)
            #expect(head.parameters.map(\.name).count == 4)
            #expect(head.parameters[1].value.values.allSatisfy { $0 == 0 })
            return head.parameters[0].value.values
        }
        let one = try values(1)
        #expect(try values(1) == one)
        #expect(try values(2) != one)
        let deviation = (one.reduce(0) { $0 + $1 * $1 } / Float(one.count)).squareRoot()
        #expect(abs(deviation - 0.02) < 0.003)
    }

    @Test("An encoder without a task is refused in one sentence, and a class outside the head too")
    func refused() throws {
        let golden = ClassifierCase(name: "bert-pair")
        let files = try BaseModelFiles(path: golden.basePath)
        let error = #expect(throws: TransformersError.self) { try LanguageModel.load(files, dtype: .float32) }
        #expect(error?.message.contains("does not generate") == true)
        var batch = PackedBatch()
        batch.append(tokens: [5, 6], types: [], position: 0, class: 3)
        let model = try golden.model()
        #expect(throws: TransformersError.self) { try model.losses(batch) }
        #expect(throws: TransformersError.self) { try model.makeCache(capacity: 4) }
        var typed = PackedBatch()
        typed.append(tokens: [1, 2], types: [0, 9], position: 0, class: 0)
        let mismatch = #expect(throws: TransformersError.self) { try model.logits(typed) }
        #expect(mismatch?.message.contains("type 9") == true)
    }
}
