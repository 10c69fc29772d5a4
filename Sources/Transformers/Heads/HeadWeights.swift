import Foundation
import ModelFiles
import Tensors

/// Makes a head's trainable projections: with the checkpoint's values where it holds them, else drawn at random.
package struct HeadWeights {
    private let source: any WeightSource
    private let task: ClassificationTask

    package init(_ source: any WeightSource, task: ClassificationTask) {
        self.source = source
        self.task = task
    }

    /// The projection `name`, from the checkpoint where that has one of this shape; else W normally distributed with the
    /// configuration's `initializer_range` (0.02), b zero, as transformers initialises it.
    ///
    /// - Parameters:
    ///   - stored: the module's path in the checkpoint, where that is another.
    ///   - index: tells the head's projections apart, for the random stream.
    /// - Throws: as reading the checkpoint.
    package func linear(
        _ name: String, stored: String? = nil, outputs: Int, inputs: Int, hasBias: Bool, index: Int
    ) throws -> (linear: TrainableLinear, isFresh: Bool) {
        let weight = Matrix(rows: outputs, columns: inputs)
        let bias = hasBias ? Matrix(rows: 1, columns: outputs) : nil
        let module = stored ?? name
        let isStored =
            source.shape(of: "\(module).weight") == [outputs, inputs]
            && (!hasBias || source.shape(of: "\(module).bias") == [outputs])
        if isStored {
            try source.read("\(module).weight", into: weight)
            if let bias { try source.read("\(module).bias", into: bias) }
        } else {
            let deviation = try source.configuration.fields.float("initializer_range", default: 0.02)
            Self.fill(
                weight, deviation: deviation,
                random: Philox(seed: task.seed, stream: .headInitialisation(projection: index)))
        }
        return (TrainableLinear(name: name, storedName: module, weight: weight, bias: bias), !isStored)
    }

    /// Box and Muller's transform of two uniform numbers a position.
    private static func fill(_ matrix: Matrix, deviation: Float, random: Philox) {
        for row in 0..<matrix.rows {
            for column in 0..<matrix.columns {
                let bits = random.bits(step: 0, position: UInt64(row * matrix.columns + column))
                // In (0, 1], so that the logarithm is finite.
                let first = (Double(bits.x) + 1) / 0x1p32
                let second = Double(bits.y) / 0x1p32
                matrix[row, column] = deviation * Float((-2 * log(first)).squareRoot() * cos(2 * .pi * second))
            }
        }
    }
}
