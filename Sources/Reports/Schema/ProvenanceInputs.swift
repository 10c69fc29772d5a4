/// The base model as `lorad hash` describes it.
package struct BaseProvenance: Codable, Sendable, Equatable {
    /// The folder or .gguf file, as the manifest names it.
    package var path: String
    /// Content hash of the weights and configuration (see `lorad hash`).
    package var sha256: String
    /// Content hash of the tokenizer.
    package var tokenizerSHA256: String
    /// The base's `model_type`, such as `llama`.
    package var modelType: String
    /// Parameters of the base.
    package var parameters: Int
    /// Where the folder or file lay, from the root; absent where `path` says it, and in reports of earlier lorads.
    package var location: String?
    /// Its id on the Hugging Face Hub, as the manifest states it; never guessed.
    package var hubID: String?

    /// What the base is.
    package init(
        path: String, sha256: String, tokenizerSHA256: String, modelType: String, parameters: Int,
        location: String? = nil, hubID: String? = nil
    ) {
        self.path = path
        self.sha256 = sha256
        self.tokenizerSHA256 = tokenizerSHA256
        self.modelType = modelType
        self.parameters = parameters
        self.location = location
        self.hubID = hubID
    }

    /// Where it lay, whatever folder that was named from.
    package var place: String { location ?? path }

    private enum CodingKeys: String, CodingKey {
        case path, sha256, parameters, location
        case tokenizerSHA256 = "tokenizer_sha256"
        case modelType = "model_type"
        case hubID = "hub_id"
    }
}

/// One file of rows or prompts.
package struct DatasetProvenance: Codable, Sendable, Equatable {
    /// What it was read for.
    package enum Role: String, Codable, Sendable {
        /// Rows that were trained on.
        case train
        /// Rows whose loss was watched during training.
        case validation
        /// Rows that the slices are scored on.
        case evaluation
        /// Prompts of the parity proof.
        case regression
    }

    /// What it was read for.
    package var role: Role
    /// The file, as the manifest names it.
    package var path: String
    /// SHA-256 of the file.
    package var sha256: String
    /// Rows in the file.
    package var rows: Int
    /// What its conversations were written with, where that is not the run's own template.
    package var chatTemplate: ChatTemplateProvenance?

    /// What the file is.
    package init(role: Role, path: String, sha256: String, rows: Int) {
        self.role = role
        self.path = path
        self.sha256 = sha256
        self.rows = rows
    }

    private enum CodingKeys: String, CodingKey {
        case role, path, sha256, rows
        case chatTemplate = "chat_template"
    }
}

/// The chat template that a run's conversations were written with.
package struct ChatTemplateProvenance: Codable, Sendable, Equatable {
    /// The file, or the name of the base's template, as the manifest has it; nil for the base's default.
    package var source: String?
    /// SHA-256 of the template's text; where conversations with tools have one of their own, of both, that one last.
    package var sha256: String
    /// The date that the template was told, `YYYY-MM-DD`; nil where none was stated.
    package var date: String?

    /// What the template is.
    package init(source: String? = nil, sha256: String, date: String? = nil) {
        self.source = source
        self.sha256 = sha256
        self.date = date
    }
}

/// The file of tools that conversations could call whose rows named none.
package struct ToolsProvenance: Codable, Sendable, Equatable {
    /// The file, as the manifest names it.
    package var path: String
    /// SHA-256 of the file.
    package var sha256: String
    /// How many tools it holds.
    package var tools: Int

    package init(path: String, sha256: String, tools: Int) {
        (self.path, self.sha256, self.tools) = (path, sha256, tools)
    }
}

/// The machine that computed a run.
package struct MachineProvenance: Codable, Sendable, Equatable {
    /// The processor's name.
    package var cpu: String
    /// Threads that computed.
    package var threads: Int
    /// The variant of lorad's kernels that computed, such as `x86-64-v3`.
    package var instructions: String
    /// The number of that variant's arithmetic: another one may give other bits. Absent in reports of lorad 0.1.0 and
    /// before.
    package var kernelsNumber: Int?
    /// The operating system.
    package var system: String

    /// What the machine is.
    package init(cpu: String, threads: Int, instructions: String, kernelsNumber: Int? = nil, system: String) {
        self.kernelsNumber = kernelsNumber
        self.cpu = cpu
        self.threads = threads
        self.instructions = instructions
        self.system = system
    }

    private enum CodingKeys: String, CodingKey {
        case cpu, threads, instructions, system
        case kernelsNumber = "kernels_number"
    }
}

/// What kept the process that made an adapter to its job's own files.
package struct ConfinementProvenance: Codable, Sendable, Equatable {
    /// Of files and ports: `abi N`, the version of the kernel's Landlock, or `none: ` and the reason.
    package var landlock: String
    /// Of system calls: `filter`, or `none: ` and the reason.
    package var seccomp: String

    package init(landlock: String, seccomp: String) {
        self.landlock = landlock
        self.seccomp = seccomp
    }
}
