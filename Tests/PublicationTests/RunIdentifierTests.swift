import Foundation
import Publication
import Testing

@Suite("Identifiers of runs")
struct RunIdentifierTests {
    @Test("A run's identifier is its UTC second and the hash of its manifest")
    func identifier() {
        let run = RunIdentifier(startedAt: Date(timeIntervalSince1970: 1_795_480_212), manifest: Data("abc".utf8))
        #expect(run.description == "20261124T003012Z-ba7816bf")
        #expect(run.folderName(.succeeded) == "20261124T003012Z-ba7816bf")
        #expect(run.folderName(.failed) == "20261124T003012Z-ba7816bf-failed")
    }
}
