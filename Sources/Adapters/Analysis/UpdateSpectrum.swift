/// What one module learned: singular values of its update, and how large that is beside the base weight.
package struct UpdateSpectrum: Sendable {
    /// Module path in the base.
    package let module: String
    /// Of the scaled B·A, descending, as many as its rank; none of methods without the two.
    package let singularValues: [Double]
    /// ‖update‖ over ‖W0‖, Frobenius norms.
    package let relativeNorm: Double

    package init(module: String, singularValues: [Double], relativeNorm: Double) {
        self.module = module
        self.singularValues = singularValues
        self.relativeNorm = relativeNorm
    }
}
