import Adapters
import ModelFiles
import TestSupport
import Testing
import Transformers

@Suite("Targets where none are named (scripts/reference/default_targets.py)")
struct DefaultTargetsTests {
    @Test("Every family has PEFT's; Phi-3, for which PEFT has none, the fused query, key and value")
    func peft() throws {
        let known = try Fixtures.json("families/default_targets.json")
        for family in ModelFamilies.all {
            let expected = try #require(known[family.modelType], "\(family.modelType)")
            guard family.modelType != "phi3" else {
                #expect(expected.isNull)
                #expect(family.defaultTargets == ["qkv_proj"])
                continue
            }
            #expect(family.defaultTargets == expected.arrayValue?.compactMap(\.stringValue), "\(family.modelType)")
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
