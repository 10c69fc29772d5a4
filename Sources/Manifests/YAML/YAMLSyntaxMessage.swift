/// Turns the parser's words into what to do about it, for the mistakes people make most.
enum YAMLSyntaxMessage {
    static func explain(_ fault: YAMLSyntaxFault, in text: YAMLText, at place: SourcePosition) -> String {
        let lines = text.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let line = place.line <= lines.count ? lines[place.line - 1] : []
        let indent = line.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        if indent.contains(UInt8(ascii: "\t")) {
            return "a tab stands in the indentation; YAML indents with spaces only"
        }
        if fault.message.hasPrefix("mapping values are not allowed") {
            return "a colon stands where no key can; put the value in quotes, or check the indentation"
        }
        return "not valid YAML: \(fault.message)"
    }
}
