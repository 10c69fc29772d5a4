import Pipeline

/// What `lorad doctor` found, `--json`: every value under its name, and the findings in order.
package struct FindingsAnswer: Encodable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package let findings: [Finding]

    package init(findings: [Finding]) { self.findings = findings }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for finding in findings { try container.encode(finding.value, forKey: Key(finding.name)) }
        try container.encode(findings, forKey: Key("checks"))
    }
}
