import ModelFiles

extension ParityProof {
    /// Of a job's base, prompts and served precision.
    ///
    /// - Parameter scores: knows what the base answered in an earlier run, and takes what it answers now.
    init(_ job: PreparedJob, _ environment: JobEnvironment, _ scores: JobScores) {
        let (manifest, base, data) = (job.manifest, job.base, job.data)
        self.init(
            base: base.files, tokenizer: base.tokenizer, endTokens: base.endTokens, prompts: data.prompts,
            maxNewTokens: manifest.regression.maxNewTokens, task: data.task,
            seed: UInt64(bitPattern: Int64(manifest.training.seed)),
            dtype: manifest.merge.dtype == .bfloat16 ? .bf16 : .f32,
            tolerance: manifest.merge.tolerance,
            knownAnswers: { try scores.answers(of: nil, $0, count: data.prompts.count) },
            answered: { try scores.use(answers: $0, of: nil, $1, isKnown: $2) },
            scratchFolder: environment.workFolder,
            shouldStop: environment.shouldStop,
            progress: { [reporter = environment.reporter] done, total in
                reporter.progress(done, of: total, .answers)
            })
    }
}
