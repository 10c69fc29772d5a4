import ModelFiles
import Tensors
import Transformers

/// A base under other settings of its family.
package struct OtherConfiguration: WeightSource {
    private let base: BaseModelFiles
    package let configuration: ModelConfiguration

    /// - Parameter members: of config.json, in the place of the base's own.
    package init(base: BaseModelFiles, members: [JSONObject.Member]) throws {
        self.base = base
        var configuration = base.configuration
        configuration.fields = try ConfigurationFields(path: "config.json", json: .object(JSONObject(members)))
        self.configuration = configuration
    }

    package func shape(of name: String) -> [Int]? { base.shape(of: name) }

    package func verifyComplete(expected: [String: [Int]], ignoring isIgnored: (String) -> Bool) throws {
        try base.verifyComplete(expected: expected, ignoring: isIgnored)
    }

    package func read(_ name: String, into matrix: Matrix) throws { try base.read(name, into: matrix) }
}
