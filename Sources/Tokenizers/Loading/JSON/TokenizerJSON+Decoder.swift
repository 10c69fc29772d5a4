import ModelFiles

extension TokenizerJSON {
    static func decoder(_ part: Component) throws -> Decoder {
        guard !part.value.isNull else { return .spaced }
        switch part.type {
        case "ByteLevel": return .byteLevel
        case "WordPiece":
            return .wordPiece(
                prefix: try part.optionalString("prefix") ?? "##", cleansUp: try part.bool("cleanup", default: true))
        case "Metaspace": return .metaspace(try metaspace(part))
        case "ByteFallback": return .byteFallback
        case "Fuse": return .fuse
        case "Strip":
            return .strip(
                try part.character("content"), start: try part.integer("start"), stop: try part.integer("stop"))
        case "Replace": return .replace(try pattern(part), with: Array(try part.string("content").utf8))
        case "Sequence": return .sequence(try part.parts("decoders").map(decoder))
        default:
            throw part.unsupportedType(
                known: [
                    "ByteLevel", "WordPiece", "Metaspace", "ByteFallback", "Fuse", "Strip", "Replace", "Sequence",
                ])
        }
    }
}
