import Pipeline

/// `lorad data --json`.
package struct DataAnswer: Encodable {
    package let manifest: String
    package let data: DataSummary

    package init(manifest: String, data: DataSummary) {
        self.manifest = manifest
        self.data = data
    }
}
