import Common

/// How much of the training data the steps came to, for people: the rows that there are say little of a short run.
enum SeenRows {
    /// `2,400 of the 17,348 rows there are (0.14 epochs)`, `52,044 rows seen (3 epochs of the 17,348 there are)`.
    static func sentence(_ training: TrainingReport) -> String {
        let there = FigureFormat.count(training.rows.train)
        guard let seen = training.rowsSeen, let epochs = training.epochs else { return "\(there) rows" }
        let passes = FigureFormat.significant(epochs)
        return epochs < 1
            ? "\(FigureFormat.count(seen)) of the \(there) rows there are were seen (\(passes) epochs)"
            : "\(FigureFormat.count(seen)) rows were seen (\(passes) epochs of the \(there) there are)"
    }
}
