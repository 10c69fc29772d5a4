import Common

/// Builds the node tree from parser events: resolves scalars, expands aliases within bounds, refuses duplicate keys.
///
/// Mistakes that leave the structure readable are collected and reading goes on; a syntax fault ends it.
struct YAMLComposer {
    /// Ends the reading; the reason is in `diagnostics`.
    private struct Stop: Error {}

    /// A finished node under an anchor, with what an alias to it costs.
    private struct Anchored {
        let node: YAMLNode
        let nodes: Int
        let height: Int
    }

    private let reader: YAMLEventReader
    private let text: YAMLText
    private let limits: YAMLLimits
    /// nil while the anchored node is still open.
    private var anchors: [String: Anchored?] = [:]
    private var nodes = 0
    private(set) var diagnostics: DiagnosticList

    private init(_ text: YAMLText, limits: YAMLLimits, diagnostics: DiagnosticList) {
        self.text = text
        self.limits = limits
        self.diagnostics = diagnostics
        reader = YAMLEventReader(text.bytes)
    }

    /// The tree of the one document in `bytes`, or nil with the reason in `diagnostics`.
    static func compose(
        _ bytes: [UInt8], file: String, limits: YAMLLimits = YAMLLimits(), diagnostics: inout DiagnosticList
    ) -> YAMLNode? {
        guard let text = YAMLText(bytes, file: file, limits: limits, diagnostics: &diagnostics) else { return nil }
        var composer = YAMLComposer(text, limits: limits, diagnostics: diagnostics)
        let root = try? composer.document()
        diagnostics = composer.diagnostics
        return root ?? nil
    }

    private mutating func document() throws -> YAMLNode? {
        _ = try next()
        guard case .documentStart = try next().event else {
            diagnostics.add(SourcePosition(file: text.file, line: 1, column: 1), "the file is empty")
            return nil
        }
        let first = try next()
        let root = try node(first.event, at: first.position, depth: 0).node
        _ = try next()
        let after = try next()
        if case .documentStart = after.event {
            diagnostics.add(after.position, "a second document starts here; a file holds one")
        }
        return root
    }

    private mutating func next() throws -> (event: YAMLEvent, position: SourcePosition) {
        do {
            let (event, mark) = try reader.next()
            return (event, position(mark))
        } catch let fault as YAMLSyntaxFault {
            let place = fault.mark.map { position($0) } ?? text.position(ofByte: fault.byteOffset)
            diagnostics.add(place, YAMLSyntaxMessage.explain(fault, in: text, at: place))
            throw Stop()
        }
    }

    private func position(_ mark: YAMLMark) -> SourcePosition {
        SourcePosition(file: text.file, line: mark.line + 1, column: mark.column + 1)
    }

    /// The node that `event` opens, and the height of its subtree (0 for a scalar).
    private mutating func node(
        _ event: YAMLEvent, at position: SourcePosition, depth: Int
    ) throws -> (node: YAMLNode, height: Int) {
        try count(1, at: position)
        let nodesBefore = nodes
        var result: (node: YAMLNode, height: Int)
        let anchor: String?
        switch event {
        case .alias(let name):
            return try expand(name, at: position, depth: depth)
        case .scalar(let scalarText, let isPlain, let tag, let name):
            anchor = name
            let scalar = scalar(scalarText, isPlain: isPlain, tag: tag, at: position)
            result = (YAMLNode(.scalar(scalar), at: position), 0)
        case .sequenceStart(let tag, let name):
            anchor = name
            open(tag, allowed: "seq", anchor: name, at: position)
            result = try sequence(at: position, depth: depth + 1)
        case .mappingStart(let tag, let name):
            anchor = name
            open(tag, allowed: "map", anchor: name, at: position)
            result = try mapping(at: position, depth: depth + 1)
        default:
            diagnostics.add(position, "expected a value here")
            throw Stop()
        }
        if let anchor {
            anchors[anchor] = .some(Anchored(node: result.node, nodes: nodes - nodesBefore, height: result.height))
        }
        return result
    }

    private mutating func open(_ tag: String?, allowed: String, anchor: String?, at position: SourcePosition) {
        if let tag, tag != YAMLTag.prefix + allowed, tag != "!" {
            diagnostics.add(position, YAMLTag.refusal(tag))
        }
        if let anchor { anchors[anchor] = .some(nil) }
    }

    private mutating func count(_ more: Int, at position: SourcePosition) throws {
        nodes += more
        guard nodes <= limits.nodes else {
            diagnostics.add(position, "the file holds over \(limits.nodes) values once its aliases are expanded")
            throw Stop()
        }
    }

    private mutating func checkDepth(_ depth: Int, at position: SourcePosition) throws {
        guard depth <= limits.depth else {
            diagnostics.add(position, "values are nested over \(limits.depth) levels deep")
            throw Stop()
        }
    }

    private mutating func expand(
        _ name: String, at position: SourcePosition, depth: Int
    ) throws -> (node: YAMLNode, height: Int) {
        guard let known = anchors[name] else {
            let advice = Suggestion.closest(to: name, among: Array(anchors.keys)).map { "; did you mean *\($0)?" } ?? ""
            diagnostics.add(position, "no anchor &\(name) stands before this alias\(advice)")
            throw Stop()
        }
        guard let anchored = known else {
            diagnostics.add(position, "the alias *\(name) stands inside the value it names")
            throw Stop()
        }
        try count(anchored.nodes, at: position)
        try checkDepth(depth + anchored.height, at: position)
        var node = anchored.node
        node.position = position
        return (node, anchored.height)
    }

    private mutating func sequence(
        at position: SourcePosition, depth: Int
    ) throws -> (node: YAMLNode, height: Int) {
        try checkDepth(depth, at: position)
        var elements: [YAMLNode] = []
        var height = 0
        while true {
            let (event, place) = try next()
            if case .sequenceEnd = event { break }
            let element = try node(event, at: place, depth: depth)
            elements.append(element.node)
            height = max(height, element.height)
        }
        return (YAMLNode(.sequence(elements), at: position), height + 1)
    }

    private mutating func mapping(at position: SourcePosition, depth: Int) throws -> (node: YAMLNode, height: Int) {
        try checkDepth(depth, at: position)
        var entries: [YAMLEntry] = []
        var seen: [String: SourcePosition] = [:]
        var height = 0
        while true {
            let (event, place) = try next()
            if case .mappingEnd = event { break }
            let key = try key(event, at: place, depth: depth)
            let (valueEvent, valuePlace) = try next()
            let value = try node(valueEvent, at: valuePlace, depth: depth)
            height = max(height, value.height)
            guard let key else { continue }
            if let first = seen[key] {
                diagnostics.add(
                    place, "the key \(Shown.quoted(key)) stands here again; it was first set at \(first.brief)")
                continue
            }
            seen[key] = place
            entries.append(YAMLEntry(key, value.node, at: place))
        }
        return (YAMLNode(.mapping(entries), at: position), height + 1)
    }

    /// The key's text, or nil where it is none.
    private mutating func key(_ event: YAMLEvent, at place: SourcePosition, depth: Int) throws -> String? {
        if case .scalar("<<", true, _, _) = event {
            diagnostics.add(
                place, "merge keys (<<) are not part of YAML 1.2; put shared settings into a pipeline file instead")
            try count(1, at: place)
            return nil
        }
        let key = try node(event, at: place, depth: depth).node
        guard let scalar = key.scalar else {
            diagnostics.add(place, "a key must be a plain name; found \(Shown.kind(of: key))")
            return nil
        }
        return scalar.text
    }

    private mutating func scalar(
        _ scalarText: String, isPlain: Bool, tag: String?, at position: SourcePosition
    ) -> YAMLScalar {
        // An escape ("\0") can bring in what the raw text may not hold, and a C path would end there.
        if scalarText.utf8.contains(0) {
            diagnostics.add(position, "the text holds a NUL character, which no value may")
        }
        guard let tag else { return isPlain ? YAMLScalar(plain: scalarText) : YAMLScalar(string: scalarText) }
        switch YAMLTag.resolve(scalarText, tag: tag) {
        case .success(let scalar): return scalar
        case .failure(let fault):
            diagnostics.add(position, fault.message)
            return YAMLScalar(string: scalarText)
        }
    }
}

extension SourcePosition {
    /// `line:column`, for naming a second place in the same file.
    var brief: String { "\(line):\(column)" }
}
