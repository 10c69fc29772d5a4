import Adapters
import ModelFiles
import TestSupport
import Testing
import Transformers

@Suite("Targets where none are named (scripts/reference/family_facts.py)")
struct DefaultTargetsTests {
    @Test("Every family has PEFT's, where PEFT has any; Phi-3, for which it has none, the fused query, key and value")
    func peft() throws {
        let known = try Fixtures.json("families/transformers.json")
        #expect(known.objectValue?.members.count == ModelFamilies.all.count)
        for family in ModelFamilies.all {
            let expected = try #require(known[family.modelType]?["default_targets"], "\(family.modelType)")
            guard !expected.isNull else { continue }
            #expect(family.defaultTargets == expected.arrayValue?.compactMap(\.stringValue), "\(family.modelType)")
        }
        #expect(try ModelFamilies.named("phi3").defaultTargets == ["qkv_proj"])
    }

    @Test("(IA)³ has PEFT's targets, and scales the inputs of those that PEFT does; where PEFT has none, none")
    func scaled() throws {
        let known = try Fixtures.json("families/transformers.json")
        for family in ModelFamilies.all {
            func names(_ key: String) throws -> [String]? {
                try #require(known[family.modelType]?[key]).arrayValue?.compactMap(\.stringValue)
            }
            #expect(try family.scaledTargets?.all == names("ia3_targets"), "\(family.modelType)")
            #expect(try family.scaledTargets?.inputs == names("ia3_feedforward"), "\(family.modelType)")
        }
    }

    @Test("They name projections in every layer of every decoder's fixture", arguments: FamilyFixture.decoders)
    func decoders(_ fixture: FamilyFixture) throws {
        try check(try fixture.model())
    }

    @Test("They name projections in every layer of every classifier's fixture", arguments: ClassifierCase.all)
    func classifiers(golden: ClassifierCase) throws {
        try check(try golden.model())
    }

    private func check(_ model: LanguageModel) throws {
        let family = try ModelFamilies.named(model.configuration.modelType)
        let slots = try TargetSelection.select(family.defaultTargets, among: model.slots)
        #expect(slots.count == model.configuration.layers * family.defaultTargets.count)
    }
}
