import Tensors

/// What several adapters do to the same elements, and how it becomes one; in float32, as PEFT's `merge_utils.py` has it.
enum TaskVectors {
    /// Σ weight · vector, or of each element the mean over those that have the elected sign.
    static func combine(_ vectors: [[Float]], weights: [Float], electing majority: CompositionSettings.Majority?)
        -> [Float]
    {
        guard let majority else { return sum(vectors, weights) }
        return agreeing(vectors, weights, majority)
    }

    private static func sum(_ vectors: [[Float]], _ weights: [Float]) -> [Float] {
        var result = [Float](repeating: 0, count: vectors.first?.count ?? 0)
        for (vector, weight) in zip(vectors, weights) {
            for index in result.indices { result[index] += weight * vector[index] }
        }
        return result
    }

    /// The sign is elected without the weights.
    private static func agreeing(
        _ vectors: [[Float]], _ weights: [Float], _ majority: CompositionSettings.Majority
    ) -> [Float] {
        (0..<(vectors.first?.count ?? 0)).map { index in
            let votes = vectors.reduce(Float(0)) { votes, vector in
                votes + (majority == .total ? vector[index] : sign(vector[index]))
            }
            let elected: Float = votes >= 0 ? 1 : -1
            var (total, count): (Float, Float) = (0, 0)
            for (vector, weight) in zip(vectors, weights) where sign(vector[index]) == elected {
                total += weight * vector[index]
                count += 1
            }
            return total / max(count, 1)
        }
    }

    private static func sign(_ value: Float) -> Float { value > 0 ? 1 : value < 0 ? -1 : 0 }

    /// A vector of which the `density` largest elements are left, those that come first of equal ones.
    static func keepingLargest(_ vector: [Float], density: Double) -> [Float] {
        guard density < 1 else { return vector }
        let count = Int(density * Double(vector.count))
        guard count > 0 else { return [Float](repeating: 0, count: vector.count) }
        let threshold = vector.map(abs).sorted(by: >)[count - 1]
        var equals = count - vector.count { abs($0) > threshold }
        return vector.map { value in
            if abs(value) > threshold { return value }
            guard abs(value) == threshold, equals > 0 else { return 0 }
            equals -= 1
            return value
        }
    }

    /// A vector of which each element is left with the probability `density`, and then stands for those that are not.
    ///
    /// - Parameter part: which of the adapter's vectors it is: each draws numbers of its own.
    static func dropping(_ vector: [Float], density: Double, random: Philox, part: UInt64) -> [Float] {
        guard density < 1 else { return vector }
        let (kept, scale) = (Float(density), Float(density))
        return vector.enumerated().map { index, value in
            random.uniform(step: part, position: UInt64(index)) < kept ? value / scale : 0
        }
    }
}
