import ModelFiles

extension ParityProof {
    /// Of a job's base, prompts and served precision.
    init(_ job: PreparedJob, _ environment: JobEnvironment) {
        let (manifest, base, data) = (job.manifest, job.base, job.data)
        self.init(
            base: base.files, tokenizer: base.tokenizer, endTokens: base.endTokens, prompts: data.prompts,
            maxNewTokens: manifest.regression.maxNewTokens, task: data.task,
            seed: UInt64(bitPattern: Int64(manifest.training.seed)),
            dtype: manifest.merge.dtype == .bfloat16 ? .bf16 : .f32,
            tolerance: manifest.merge.tolerance, scratchFolder: environment.workFolder,
            shouldStop: environment.shouldStop,
            progress: { [reporter = environment.reporter] done, total in
                reporter.progress(done, of: total, .answers)
            })
    }
}
