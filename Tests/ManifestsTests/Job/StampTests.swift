import Foundation
import Manifests
import Testing

@Suite("Stamps")
struct StampTests {
    private static let time = Date(timeIntervalSince1970: 1_764_036_059)

    @Test("One is the minute in UTC, and is told from other texts")
    func text() {
        #expect(Stamp.text(Self.time) == "20251125t0200z")
        #expect(Stamp.isStamp("20251125t0200z"))
        for other in ["", "20251125t020059z", "20251125T0200Z", "2025-11-25", "x20251125t0200z"] {
            #expect(!Stamp.isStamp(other), "\(other)")
        }
    }

    @Test("A name that ends with one is that name's night")
    func names() {
        #expect(Stamp.name("nightly", stamp: "20251125t0200z") == "nightly-20251125t0200z")
        let parts = Stamp.parts(of: "a-b-20251125t0200z")
        #expect(parts?.name == "a-b" && parts?.stamp == "20251125t0200z")
        for other in ["nightly", "-20251125t0200z", "nightly20251125t0200z", "nightly-20251125t0200z-2"] {
            #expect(Stamp.parts(of: other) == nil, "\(other)")
        }
        #expect(Stamp.isStamped("nightly", from: "nightly"))
        #expect(Stamp.isStamped("nightly-20251125t0200z", from: "nightly"))
        #expect(!Stamp.isStamped("nightly-b-20251125t0200z", from: "nightly"))
    }

    @Test("The manifest gets one as a key, its name stays, and one that was there is replaced")
    func apply() throws {
        let text =
            "name: nightly\nbase: {path: base, sha256: \(String(repeating: "a", count: 64))}\ndataset: rows.jsonl\n"
        let once = try Stamp.apply(to: text, file: "night.yaml", at: Self.time)
        let twice = try Stamp.apply(to: once, file: "night.yaml", at: Self.time + 86_400)
        let manifest = try ManifestDocument.load(bytes: Array(twice.utf8), file: "night.yaml", pipelinesFolder: ".")
            .manifest
        #expect(manifest.name == "nightly" && manifest.stamp == "20251126t0200z")
        let plain = try ManifestDocument.load(bytes: Array(text.utf8), file: "night.yaml", pipelinesFolder: ".")
            .manifest
        #expect(plain.stamp == nil && !plain.yaml().contains("stamp"))
    }

    @Test("Any other text as a stamp is a mistake that says what is wanted")
    func mistakes() throws {
        let text =
            "name: n\nbase: {path: base, sha256: \(String(repeating: "a", count: 64))}\ndataset: rows.jsonl\nstamp: tonight\n"
        let error = #expect(throws: ManifestsError.self) {
            try ManifestDocument.load(bytes: Array(text.utf8), file: "night.yaml", pipelinesFolder: ".")
        }
        #expect(
            error?.mistakes.map(\.message).contains { $0.contains("stamp") && $0.contains("20261124t0200z") } == true)
    }
}
