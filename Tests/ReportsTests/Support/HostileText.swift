/// Texts that a prompt, a file name or a model may hold.
enum HostileText: String, CaseIterable {
    case script, image, closingTags, entities, controls, reordering, rightToLeft, nonCharacters, lineBreaks
    case manyAmpersands, manyAccents, empty

    var text: String {
        switch self {
        case .script: "<script>alert(1)</script>"
        case .image: "\"><img src=x onerror=alert(1)>"
        case .closingTags: "'; </style></svg><script>"
        case .entities: "]]>&amp;&#0;<!--"
        case .controls: "nul \0 bell \u{7} escape \u{1B}[31m delete \u{7F} next \u{85}"
        case .reordering: "\u{202E}txet desrever\u{202C} \u{2066}x"
        case .rightToLeft: "مرحبا بالعالم שלום"
        case .nonCharacters: "\u{FFFE}\u{FFFF}"
        case .lineBreaks: "line\r\nbreak\ttab | cell\n---\nlicense: mit"
        case .manyAmpersands: String(repeating: "&", count: 100_000)
        case .manyAccents: "e" + String(repeating: "\u{301}", count: 50_000)
        case .empty: ""
        }
    }
}
