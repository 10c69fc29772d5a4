import Manifests

/// lorad.yaml.
package struct WorkerConfigurationTarget: FuzzTarget {
    package static let name = "worker-configuration"

    package init() {}

    package func check(_ bytes: [UInt8]) throws {
        let configuration = try accepted { try WorkerConfiguration.load(bytes: bytes, file: "lorad.yaml") }
        guard let configuration else { return }
        let again = try accepted { try WorkerConfiguration.load(bytes: bytes, file: "lorad.yaml") }
        try require(again == configuration, "one text was read as two configurations")
    }
}
