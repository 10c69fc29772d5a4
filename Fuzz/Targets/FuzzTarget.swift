/// One kind of foreign bytes and what must hold whatever they are: the reader neither traps nor runs away, refuses with
/// an error that says something, and what it accepts survives being written and read again.
package protocol FuzzTarget: SendableMetatype {
    /// Folder of the corpus, and the name on the command line.
    static var name: String { get }

    /// Prepares what every input needs, such as a model to attach an adapter to.
    init() throws

    /// - Throws: `FuzzViolation` where something that must hold does not.
    func check(_ bytes: [UInt8]) throws
}

/// All targets, by the order of `make fuzz`.
package enum FuzzTargets {
    package static let all: [any FuzzTarget.Type] = [
        ManifestTarget.self, WorkerConfigurationTarget.self, SafetensorsTarget.self, GGUFTarget.self,
        ModelConfigurationTarget.self, TokenizerTarget.self, TokenizerConfigurationTarget.self, RowsTarget.self,
        ToolsTarget.self,
        TableTarget.self, CompressionTarget.self,
        AdapterConfigurationTarget.self, AdapterWeightsTarget.self, ShardIndexTarget.self,
        CheckpointTarget.self, PublishedRunTarget.self, InboxTarget.self, IntakeAnswerTarget.self,
        JobReportTarget.self,
        ScheduleTarget.self, SecretTarget.self, WebhookMessageTarget.self, WebhookAnswerTarget.self,
        HTTPRequestTarget.self, ForeignTextTarget.self, ChatTemplateTarget.self, JinjaTarget.self,
        GenerationConfigurationTarget.self,
        SpecialTokensMapTarget.self, AddedTokensTarget.self, RegressionPromptsTarget.self,
        PipelineDefaultsTarget.self, TokenizedRowsTarget.self, RememberedTextsTarget.self, RunSignatureTarget.self,
    ]

    package static func named(_ name: String) -> (any FuzzTarget.Type)? { all.first { $0.name == name } }
}
