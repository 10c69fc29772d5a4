import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Transformers

/// What every family's descriptor must say, and have; the reference tests run over the same fixtures.
@Suite("Every descriptor in the registry is complete")
struct FamilyRegistryTests {
    private static let types = ModelFamilies.all.map(\.modelType)

    /// The bases of the fixtures that reference tests run over, by model type.
    private static func bases() throws -> [String: [BaseModelFiles]] {
        let decoders = FamilyFixture.decoders.map(\.folder)
        let classifiers = ClassifierCase.all.map(\.basePath)
        let bases = try (decoders + classifiers).map { try BaseModelFiles(path: $0) }
        return Dictionary(grouping: bases) { $0.configuration.modelType }
    }

    /// What transformers calls a type's classes.
    private func classes(_ type: String) throws -> JSONValue {
        try #require(try Fixtures.json("families/transformers.json")[type], "run scripts/reference/family_facts.py")
    }

    @Test("No model type and no GGUF architecture is there twice")
    func unique() throws {
        let known = try #require(try Fixtures.json("families/transformers.json").objectValue)
        try #require(!known.members.isEmpty && Self.types.count == known.members.count)
        #expect(Set(Self.types).count == ModelFamilies.all.count)
        let architectures = ModelFamilies.all.compactMap(\.files.gguf.architecture?.name)
        #expect(Set(architectures).count == architectures.count)
        #expect(ModelFamilies.files.modelTypes == Self.types.sorted())
    }

    @Test("A fixture that the reference tests run over", arguments: types)
    func fixture(_ type: String) throws {
        let family = try ModelFamilies.named(type)
        let decoders = try FamilyFixture.decoders.map { try $0.base().configuration.modelType }
        let classifiers = try ClassifierCase.all.map { try BaseModelFiles(path: $0.basePath).configuration.modelType }
        #expect((family.isEncoder ? classifiers : decoders).contains(type))
    }

    @Test("Model classes that transformers has for the type", arguments: types)
    func modelClasses(_ type: String) throws {
        let (expected, own) = (try classes(type), try ModelFamilies.named(type).files.classes)
        #expect(own.base == expected["base"]?.stringValue)
        #expect(own.classifier == expected["classifier"]?.stringValue)
    }

    @Test("The tokenizer class that transformers has for the type, and lorad reads as it does", arguments: types)
    func tokenizerClass(_ type: String) throws {
        let (expected, own) = (try classes(type), try ModelFamilies.named(type).files.tokenizer)
        #expect(own.registered == expected["tokenizer"]?.stringValue)
        #expect(own.overridesFiles == expected["overrides_files"]?.boolValue)
        if let name = own.registered { #expect(TokenizerLoader.knows(tokenizerClass: name)) }
    }

    @Test("Default targets that are projections of its model, one each in every layer", arguments: types)
    func defaultTargets(_ type: String) throws {
        let family = try ModelFamilies.named(type)
        #expect(!family.defaultTargets.isEmpty)
        let base = try #require(try Self.bases()[type]?.first)
        let task = family.isEncoder ? ClassificationTask(classes: 2, seed: 1) : nil
        let model = try LanguageModel.load(base, dtype: .float32, task: task)
        for target in family.defaultTargets {
            let slots = model.slots.filter { $0.name.hasSuffix("." + target) }
            #expect(slots.count == base.configuration.layers, "\(target)")
        }
    }

    @Test("A name in GGUF for every tensor of its fixtures, or a reason why there is none", arguments: types)
    func gguf(_ type: String) throws {
        let family = try ModelFamilies.named(type)
        let architecture: GGUFArchitecture
        switch family.files.gguf {
        case .none(let reason):
            #expect(reason.hasSuffix("."))
            return
        case .architecture(let known): architecture = known
        }
        for base in try #require(try Self.bases()[type]) {
            // GGUF has an encoder's names without the attribute that holds it in a classifier.
            let names = try family.tensorShapes(base.configuration).keys.map {
                family.isEncoder ? String($0.drop { $0 != "." }.dropFirst()) : $0
            }
            let stored = names.map { architecture.ggufName($0)?.name }
            #expect(zip(names, stored).filter { $1 == nil }.map(\.0) == [], "\(base.path)")
            #expect(Set(stored).count == names.count, "\(base.path)")
        }
    }

    @Test("A row of the table in docs/families.md", arguments: types)
    func documented(_ type: String) throws {
        let page = try String(contentsOfFile: Fixtures.root + "/docs/families.md", encoding: .utf8)
        #expect(page.split(separator: "\n").contains { $0.hasPrefix("| `\(type)`") })
    }
}
