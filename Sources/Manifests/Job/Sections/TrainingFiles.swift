/// The rows to train on: one file, or several that are mixed.
package enum TrainingFiles: Sendable, Equatable, ExpressibleByStringLiteral {
    case file(String)
    case sources([SourceSection])

    package init(stringLiteral path: String) { self = .file(path) }

    /// The files, in the manifest's order.
    package var paths: [String] {
        switch self {
        case .file(let path): [path]
        case .sources(let sources): sources.map(\.path)
        }
    }

    /// Each file with the key that names it.
    package var keys: [(key: String, path: String)] {
        switch self {
        case .file(let path): [("dataset.train", path)]
        case .sources(let sources): sources.enumerated().map { ("dataset.train[\($0)].path", $1.path) }
        }
    }

    /// How files are mixed; none where there is one file alone.
    package var sources: [SourceSection] { if case .sources(let sources) = self { sources } else { [] } }

    /// Whether rows are drawn by weights.
    package var isWeighted: Bool { sources.contains { $0.weight != nil } }

    /// The file's name in messages; of several, the key.
    package var described: String { if case .file(let path) = self { path } else { "dataset.train" } }
}

extension Kind where Value == TrainingFiles {
    /// A path, or a list of sources.
    static var trainingFiles: Kind<TrainingFiles> {
        let path = Kind<String>.path(example: "data/train.jsonl")
        let list = Kind<[SourceSection]>.list(
            of: .section("{path: data/old.jsonl, weight: 0.2}"), ListRule(atLeast: 1, atMost: 100),
            example: "[{path: data/new.jsonl}, {path: data/old.jsonl, limit: 5000}]")
        return Kind(
            type: "path, or \(list.type)", expectation: path.expectation + ", or " + list.expectation,
            read: { node, context, key in
                guard node.elements != nil else { return path.read(node, &context, key).map { .file($0) } }
                return list.read(node, &context, key).map { .sources($0) }
            },
            write: { files in
                switch files {
                case .file(let file): path.write(file)
                case .sources(let sources): list.write(sources)
                }
            }, nested: SourceSection.fields.map(\.description))
    }
}

extension TrainingFiles {
    /// Contradictions between sources, and with the keys beside them.
    static func check(
        _ section: DatasetSection, _ node: YAMLNode, _ context: inout ReadingContext, _ path: String
    ) {
        guard let elements = node["train"]?.elements else { return }
        let sources = section.train.sources
        guard sources.count == elements.count else { return }
        let weighted = sources.count { $0.weight != nil }
        for (index, (source, element)) in zip(sources, elements).enumerated() {
            let place = "\(path)train[\(index)]"
            if let earlier = sources[..<index].firstIndex(where: { $0.path == source.path }) {
                context.diagnostics.add(
                    element.position,
                    "\(place) is the same file as \(path)train[\(earlier)]; repeat says how often an epoch has its rows"
                )
            }
            if weighted > 0, source.weight == nil {
                context.diagnostics.add(
                    element.position, "\(place) has no weight and others have; every source has one, or none has")
            }
            if let format = source.format ?? section.format, format != .messages, source.chatTemplate != nil,
                let entry = element.entry("chat_template")
            {
                context.diagnostics.add(
                    entry.position,
                    "\(place).chat_template is about conversations; it goes with the format messages, "
                        + "not \(format.rawValue)")
            }
            let formats = [section.train.sources[0], source].map { $0.format ?? section.format }
            if let first = formats[0], let own = formats[1], (first == .classification) != (own == .classification) {
                context.diagnostics.add(
                    element.position,
                    "\(place) has the format \(own.rawValue), \(path)train[0] \(first.rawValue); rows with a label and "
                        + "rows without are not trained on together")
            }
        }
    }
}

extension TrainingFiles {
    /// The same mixture, whatever its files are called.
    package var placeless: TrainingFiles {
        switch self {
        case .file: .file("")
        case .sources(let sources):
            .sources(
                sources.map { source in
                    var source = source
                    source.path = ""
                    if source.chatTemplateFile != nil { source.chatTemplate = "./" }
                    return source
                })
        }
    }
}
