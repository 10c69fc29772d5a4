import Common
import Foundation
import ModelFiles

/// All that decides what the rows of a file are as tokens, and what else is kept of them, but the file's bytes. What is
/// kept for one recipe is of no use for another: a field that is forgotten here would train on yesterday's tokens.
package struct RowRecipe: Codable, Equatable, Sendable {
    /// Goes up when the same rows come to be tokenized otherwise, or when something else is kept of them.
    package static let currentVersion = 1

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
    package var maximumLength = 0
    package var overLength = ""
    package var appendsEndOfText = false
    package var tokenizer = ""
    /// What of the tokenizer may stand in config.json, which its hash does not cover.
    package var endOfText: Int?
    package var beginning: [Int] = []
    package var vocabulary = 0
    /// The field that rows are counted by.
    package var sliceBy: String?

    package init() {}

    /// Of all fields, in lower-case hexadecimal.
    package func hash() throws -> String { ContentHash.ofBytes(Data(try CompactJSON.encode(self).utf8)) }
}
