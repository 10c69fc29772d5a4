/// x ≈ scale · q − minimum, with steps q of 0...levels and a minimum of at least 0: the grid of one group of Q4_K and Q5_K.
///
/// The elements are rounded on grids of several widths; for each rounding, scale and minimum are the least squares' that
/// belong to its steps, and what leaves the smallest weighted error is kept.
struct AffineGrid {
    /// Which widths are tried: the elements' range over `levels` + `first`, + `first` + 0.1, and so on `count` times more.
    struct Search {
        let levels: Int32
        let first: Float
        let count: Int
    }

    private(set) var scale: Float
    private var least: Float
    /// What is subtracted.
    var minimum: Float { -least }

    private let x: UnsafePointer<Float>
    private let weights: UnsafePointer<Float>
    private let n: Int
    private let levels: Int32

    /// - Parameters:
    ///   - x: `n` elements, and as many weights.
    ///   - q: gets the steps.
    ///   - trial: memory for `n` steps.
    init(
        _ x: UnsafePointer<Float>, weights: UnsafePointer<Float>, count n: Int, _ search: Search,
        steps q: UnsafeMutablePointer<Int32>, trial: UnsafeMutablePointer<Int32>
    ) {
        self.x = x
        self.weights = weights
        self.n = n
        levels = search.levels
        var greatest = x[0]
        least = x[0]
        scale = 0
        for i in 1..<n { (least, greatest) = (min(least, x[i]), max(greatest, x[i])) }
        least = min(least, 0)
        guard greatest != least else {
            for i in 0..<n { q[i] = 0 }
            return
        }
        let inverse = Float(levels) / (greatest - least)
        scale = 1 / inverse
        round(inverse, into: q)
        var smallest = error(of: q, scale, least)
        let sums = Sums(x, weights, n)
        for index in 0...search.count {
            round((search.first + 0.1 * Float(index) + Float(levels)) / (greatest - least), into: trial)
            guard let fit = sums.fit(trial) else { continue }
            let found = error(of: trial, fit.scale, fit.least)
            guard found < smallest else { continue }
            q.update(from: trial, count: n)
            (smallest, scale, least) = (found, fit.scale, fit.least)
        }
    }

    @inline(__always)
    private func round(_ inverse: Float, into steps: UnsafeMutablePointer<Int32>) {
        for i in 0..<n { steps[i] = max(0, min(levels, nearestInteger(inverse * (x[i] - least)))) }
    }

    @inline(__always)
    private func error(of steps: UnsafePointer<Int32>, _ scale: Float, _ least: Float) -> Float {
        var sum: Float = 0
        for i in 0..<n {
            let difference = scale * Float(steps[i]) + least - x[i]
            sum += weights[i] * (difference * difference)
        }
        return sum
    }

    /// What the least squares of every rounding have in common.
    private struct Sums {
        private let x: UnsafePointer<Float>
        private let weights: UnsafePointer<Float>
        private let n: Int
        private var w: Float
        private var wx: Float

        init(_ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ n: Int) {
            self.x = x
            self.weights = weights
            self.n = n
            (w, wx) = (weights[0], weights[0] * x[0])
            for i in 1..<n {
                w += weights[i]
                wx += weights[i] * x[i]
            }
        }

        /// Scale and offset of the steps; nil where they do not determine them.
        @inline(__always)
        func fit(_ steps: UnsafePointer<Int32>) -> (scale: Float, least: Float)? {
            var (wl, wll, wlx): (Float, Float, Float) = (0, 0, 0)
            for i in 0..<n {
                let product = weights[i] * Float(steps[i])
                wl += product
                wll += product * Float(steps[i])
                wlx += product * x[i]
            }
            let determinant = w * wll - wl * wl
            guard determinant > 0 else { return nil }
            let least = (wll * wx - wl * wlx) / determinant
            return least > 0 ? (wlx / wll, 0) : ((w * wlx - wx * wl) / determinant, least)
        }
    }
}
