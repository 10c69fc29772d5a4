/// What a job may take of its machine.
package struct JobLimits: Sendable, Codable, Equatable {
    /// Most memory in bytes; nil for what the machine has.
    package var memoryBytes: Int?
    /// Bytes that stay free on the file systems a job writes to, beside what it needs itself.
    package var freeDiskBytes: Int
    /// Most rows to train on, by lorad.yaml's rule for the manifest's owner; nil for any number.
    package var rows: Int?
    /// Most optimizer steps, by the same rule; nil for any number.
    package var steps: Int?

    package init(memoryBytes: Int? = nil, freeDiskBytes: Int = 0, rows: Int? = nil, steps: Int? = nil) {
        self.memoryBytes = memoryBytes
        self.freeDiskBytes = freeDiskBytes
        self.rows = rows
        self.steps = steps
    }
}
