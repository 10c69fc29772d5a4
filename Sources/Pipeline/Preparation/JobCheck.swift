/// What `lorad validate --deep` has to say of a job without a mistake.
package struct JobCheck: Encodable, Sendable {
    /// Rows that will be trained on.
    package let rows: Int
    /// Rows whose loss is watched.
    package let validationRows: Int
    /// Rows that base and adapter will be scored on.
    package let evaluationRows: Int
    /// Rows that will be left out of the scores, for their length.
    package let evaluationDropped: Int
    /// Optimizer steps.
    package let steps: Int
    /// Prompts that parity will be proved on.
    package let prompts: Int
    /// Bytes that the process is predicted to need at its peak.
    package let predictedPeakMemoryBytes: Int

    enum CodingKeys: String, CodingKey {
        case rows, steps, prompts
        case validationRows = "validation_rows"
        case evaluationRows = "evaluation_rows"
        case evaluationDropped = "evaluation_dropped"
        case predictedPeakMemoryBytes = "predicted_peak_memory_bytes"
    }

    init(_ job: PreparedJob) {
        let evaluation = job.data.evaluation?.counts
        rows = job.data.rows.train
        validationRows = job.data.rows.validation
        evaluationRows = evaluation?.rows ?? 0
        evaluationDropped = evaluation?.dropped ?? 0
        steps = job.plan.steps
        prompts = job.data.prompts.count
        predictedPeakMemoryBytes = job.predictedPeak
    }
}
