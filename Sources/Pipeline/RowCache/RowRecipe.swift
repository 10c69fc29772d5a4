import Common
import Foundation
import ModelFiles

/// All that decides what the rows of a file are as tokens, and what else is kept of them, but the file's bytes. What is
/// kept for one recipe is of no use for another: a field that is forgotten here would train on yesterday's tokens.
package struct RowRecipe: Codable, Equatable, Sendable {
    /// Goes up when the same rows come to be tokenized otherwise, or when something else is kept of them.
    package static let currentVersion = 2

    package var version = currentVersion
    package var lorad = LoradVersion.current
    /// What the file's name says of how it is read.
    package var reading = ""
    /// The format and the keys that the manifest asks for; nil where the first row tells.
    package var format: String?
    package var expected: [String]?
    /// The file's keys by lorad's.
    package var columns: [String: String] = [:]
    /// Of the file of tools.
    package var tools: String?
    /// The hash of the chat template that the file's conversations are written with, and the date that it is told.
    package var template: String?
    package var date: String?
    package var trainOn: String?
    package var reasoning: String?
    package var aliasesReasoning = false
    /// Whether rows have labels, and by which of its tokens a row is classified.
    package var classifies = false
    package var pooling: String?
    package var maximumLength = 0
    package var overLength = ""
    package var appendsEndOfText = false
    package var tokenizer = TokenizerRecipe()
    /// The field that rows are counted by.
    package var sliceBy: String?

    package init() {}

    /// Of all fields, in lower-case hexadecimal.
    package func hash() throws -> String { ContentHash.ofBytes(Data(try CompactJSON.encode(self).utf8)) }
}

/// All that decides the ids that a tokenizer gives a text.
package struct TokenizerRecipe: Codable, Equatable, Sendable {
    package var sha256 = ""
    /// What of the tokenizer may stand in config.json, which its hash does not cover.
    package var endOfText: Int?
    package var beginning: [Int] = []
    package var vocabulary = 0

    package init() {}
}

/// All that decides what is remembered of texts.
package struct TextRecipe: Codable, Equatable, Sendable {
    /// Goes up when a tokenizer comes to answer otherwise, or something else is kept of its answers.
    package static let currentVersion = 1

    package var kind = "texts"
    package var version = currentVersion
    package var lorad = LoradVersion.current
    package var tokenizer: TokenizerRecipe

    package init(_ tokenizer: TokenizerRecipe) { self.tokenizer = tokenizer }

    /// Of all fields, in lower-case hexadecimal.
    package func hash() throws -> String { ContentHash.ofBytes(Data(try CompactJSON.encode(self).utf8)) }
}
