import Foundation
import Testing

/// There is one way by which foreign text is shown: another one beside it would be the one that nobody tested.
@Suite("One way for foreign text")
struct OneWayTests {
    /// What a template's `escape` and tests of characters are, jinja2 decides; what they make is shown by the one way.
    private static let templates = "Tokenizers/Chat/Jinja/"

    /// What only these files may hold: how something is written, the pattern, and the files.
    private static let rules: [(what: String, pattern: String, allowed: [String])] = [
        (
            "writing to a terminal",
            #"FileHandle\.standard(Output|Error)|(?<![\w.\[(])print\(|Swift\.print|fputs\(|debugPrint\(|\bdump\("#,
            ["lorad/Printing/Terminal.swift"]
        ),
        (
            "escaping HTML or Slack", #"&lt;|&amp;|&#39;"#,
            ["ForeignText/ForeignText+Markup.swift", "ForeignText/ForeignText+Chat.swift", templates]
        ),
        (
            "judging which characters are seen", #"0x202[AE]|0x2066|generalCategory \{"#,
            ["ForeignText/Visible.swift", "Tokenizers/Unicode/", templates]
        ),
        (
            "moving the cursor", #"\\u\{1B\}"#,
            ["lorad/Printing/ProgressBar.swift", "lorad/Printing/RedrawnLines.swift", "lorad/Printing/Output.swift"]
        ),
        ("a message's Markdown", #""`+\\n|"` \+"#, ["Webhooks/Services/", "ForeignText/"]),
    ]

    @Test(
        "Only the files that are meant to write to terminals, escape markup and judge characters",
        arguments: rules.indices)
    func only(_ index: Int) throws {
        let rule = Self.rules[index]
        let expression = try NSRegularExpression(pattern: rule.pattern)
        var seen = 0
        for (path, text) in try Self.sources() {
            for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let trimmed = line.drop { $0 == " " }
                guard !trimmed.hasPrefix("//") else { continue }
                let range = NSRange(location: 0, length: (String(line) as NSString).length)
                guard expression.firstMatch(in: String(line), range: range) != nil else { continue }
                seen += 1
                #expect(rule.allowed.contains(where: path.hasPrefix), "\(path):\(number + 1): \(rule.what)")
            }
        }
        // A rule that finds nothing anywhere would hold whatever happens.
        #expect(seen > 0, "\(rule.what)")
    }

    /// Every Swift file of the program, by its path below Sources.
    private static func sources() throws -> [(path: String, text: String)] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources").path
        let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        let files = try names.filter { $0.hasSuffix(".swift") }.sorted().map { name in
            (name, try String(contentsOfFile: "\(root)/\(name)", encoding: .utf8))
        }
        #expect(files.count > 300)
        return files
    }
}
