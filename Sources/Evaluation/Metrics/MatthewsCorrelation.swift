extension Metrics {
    /// Matthews' correlation coefficient, for any number of classes; from −1 to 1, 0 for what chance would give.
    ///
    /// With c rows right of s, and tₖ true and pₖ predicted rows of class k:
    /// (c·s − Σ tₖ·pₖ) / √((s² − Σ pₖ²)·(s² − Σ tₖ²)). 0 where truth or prediction is constant, as in GLUE's evaluation of
    /// CoLA; nil for no rows. References: Matthews, Biochimica et Biophysica Acta 405 (1975); Gorodkin, Computational
    /// Biology and Chemistry 28 (2004), equation 8; as scikit-learn's `matthews_corrcoef`.
    package static func matthews(_ matrix: ConfusionMatrix) -> Double? {
        guard matrix.total > 0 else { return nil }
        let (truths, predictions) = (matrix.truthCounts.map(Double.init), matrix.predictionCounts.map(Double.init))
        let s = Double(matrix.total)
        let covariance = Double(matrix.correct) * s - zip(truths, predictions).reduce(0) { $0 + $1.0 * $1.1 }
        let spread = (s * s - predictions.reduce(0) { $0 + $1 * $1 }) * (s * s - truths.reduce(0) { $0 + $1 * $1 })
        return spread == 0 ? 0 : covariance / spread.squareRoot()
    }
}
