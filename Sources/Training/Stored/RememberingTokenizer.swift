import Synchronization
import Tokenizers

/// A tokenizer that answers from memory what it was asked before, in this job or an earlier one. Its answers are the
/// tokenizer's own, whatever is remembered of other tokenizers: who hands texts over sees to that.
package final class RememberingTokenizer: Tokenizer {
    private let tokenizer: any Tokenizer
    /// nil where nothing is remembered any more.
    private let texts: Mutex<RememberedTexts?>
    private let new = Atomic<Int>(0)

    /// - Parameter known: what this very tokenizer made of texts.
    package init(_ tokenizer: any Tokenizer, known: RememberedTexts) {
        self.tokenizer = tokenizer
        texts = Mutex(known)
    }

    /// All that is remembered by now.
    package var remembered: RememberedTexts { texts.withLock { $0 } ?? RememberedTexts() }

    /// How many texts the tokenizer itself was asked.
    package var tokenized: Int { new.load(ordering: .relaxed) }

    /// Gives the memory back: what is asked from now on the tokenizer itself is asked.
    package func forget() { texts.withLock { $0 = nil } }

    package var vocabularySize: Int { tokenizer.vocabularySize }
    package var bosTokenID: Int? { tokenizer.bosTokenID }
    package var eosTokenID: Int? { tokenizer.eosTokenID }
    package var specialTokens: [NamedToken] { tokenizer.specialTokens }

    package func encode(_ text: String, allowSpecial: Bool) -> [Int] {
        ids(0, [allowSpecial ? 1 : 0], text) { tokenizer.encode(text, allowSpecial: allowSpecial) }
    }

    package func encodeBeginning(_ text: String) -> [Int] { ids(1, [], text) { tokenizer.encodeBeginning(text) } }

    package func encodeContinuation(_ text: String) -> [Int] { ids(2, [], text) { tokenizer.encodeContinuation(text) } }

    package func encode(_ text: String, places: [Int]) throws -> PlacedTokens {
        let answer = try answer(3, places, [text]) {
            let placed = try tokenizer.encode(text, places: places)
            return RememberedTexts.Answer(ids: placed.ids, places: placed.places)
        }
        return PlacedTokens(ids: answer.ids, places: answer.places)
    }

    package func encode(_ text: String, pair: String?, maximumLength: Int?, allowSpecial: Bool) throws -> EncodedText {
        let numbers = [maximumLength ?? -1, allowSpecial ? 1 : 0, pair == nil ? 0 : 1]
        let answer = try answer(4, numbers, [text] + (pair.map { [$0] } ?? [])) {
            let encoded = try tokenizer.encode(
                text, pair: pair, maximumLength: maximumLength, allowSpecial: allowSpecial)
            return RememberedTexts.Answer(ids: encoded.ids, types: encoded.typeIDs)
        }
        return EncodedText(ids: answer.ids, typeIDs: answer.types)
    }

    package func decode(_ ids: [Int], skipSpecial: Bool) -> String { tokenizer.decode(ids, skipSpecial: skipSpecial) }
    package func piece(_ id: Int) -> String { tokenizer.piece(id) }
    package func id(of piece: String) -> Int? { tokenizer.id(of: piece) }

    private func ids(_ question: UInt8, _ numbers: [Int], _ text: String, _ ask: () -> [Int]) -> [Int] {
        answer(question, numbers, [text]) { RememberedTexts.Answer(ids: ask()) }.ids
    }

    private func answer(
        _ question: UInt8, _ numbers: [Int], _ asked: [String], _ ask: () throws -> RememberedTexts.Answer
    ) rethrows -> RememberedTexts.Answer {
        let key = RememberedTexts.Key(question, numbers, asked)
        if let known = texts.withLock({ $0?.answers[key] }) { return known }
        let answer = try ask()
        new.add(1, ordering: .relaxed)
        texts.withLock { known in
            if let count = known?.count, count < RememberedTexts.most { known?.answers[key] = answer }
        }
        return answer
    }
}
