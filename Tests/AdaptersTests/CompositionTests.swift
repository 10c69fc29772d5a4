import Adapters
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("Composed adapters")
struct CompositionTests {
    private static let cases = (try? Fixtures.json("compositions/cases.json").arrayValue) ?? []
    private let identity = BaseIdentity(baseSHA256: "b", tokenizerSHA256: "t")

    private func parent(_ name: String, _ weight: Double) -> Composition.Parent {
        Composition.Parent(name: name, folder: Fixtures.path("compositions/\(name)"), weight: weight)
    }

    private func method(_ name: String) throws -> CompositionMethod {
        try #require(CompositionMethod.all.first { $0.name == name })
    }

    private func update(_ module: Adapter.Module) throws -> Matrix {
        let pair = try #require(module.update.lowRankPair)
        let update = Matrix(rows: pair.b.rows, columns: pair.a.columns)
        multiply(.plain(pair.b), .plain(pair.a), into: update, scale: pair.scaling)
        return update
    }

    @Test("Every method of PEFT's is there, and every method has a case")
    func methods() {
        #expect(Self.cases.count == 14)
        let names = Self.cases.compactMap { $0["method"]?.stringValue }
        #expect(Set(names) == Set(CompositionMethod.all.map(\.name)))
    }

    @Test(
        "The update is that of PEFT's add_weighted_adapter within 1e-5 of its largest element",
        arguments: cases.indices)
    func reference(index: Int) throws {
        let row = Self.cases[index]
        let method = try method(row["method"]?.stringValue ?? "")
        let names = try goldenTexts(row["adapters"])
        let weights = try goldenNumbers(row["weights"])
        let settings = try CompositionSettings(
            method: method, density: row["density"]?.doubleValue,
            majority: row["majority_sign_method"]?.stringValue.flatMap(CompositionSettings.Majority.init),
            rank: row["svd_rank"]?.intValue)
        let adapter = try Composition.compose(
            zip(names, weights).map(parent), settings, on: Fixtures.tinyModel(), identity: identity)
        let file = try SafetensorsFile(path: Fixtures.path("compositions/composed.safetensors"))
        #expect(file.tensors.keys.count { $0.hasPrefix("\(index).") } == 2 * adapter.modules.count)
        for module in adapter.modules {
            let key = "\(index).\(module.slot.name)"
            let (a, b) = (
                try Fixtures.tensor("\(key).A", in: "compositions/composed.safetensors"),
                try Fixtures.tensor("\(key).B", in: "compositions/composed.safetensors")
            )
            let pair = try #require(module.update.lowRankPair)
            #expect(pair.scaling == 1)
            #expect(pair.a.rows == a.rows)
            let expected = Matrix(rows: b.rows, columns: a.columns)
            multiply(.plain(b), .plain(a), into: expected)
            let largest = expected.values.map(abs).max() ?? 0
            #expect(largest > 1e-3)
            let found = try update(module).values
            let difference = firstDifference(found, expected.values, relative: 0, absolute: 1e-5 * largest)
            #expect(difference == nil, "\(module.slot.name)")
            // Singular vectors have a sign of their own; everything else is the same matrix.
            guard !method.takesRank else { continue }
            #expect(firstDifference(pair.a.values, a.values, relative: 1e-5, absolute: 1e-7) == nil)
            #expect(firstDifference(pair.b.values, b.values, relative: 1e-5, absolute: 1e-7) == nil)
        }
    }

    @Test("cat is the weighted sum of the updates, and its files hold it, with every rank and target")
    func exact() throws {
        try withTemporaryFolder { folder in
            let model = try Fixtures.tinyModel()
            var sums: [String: Matrix] = [:]
            for (name, weight) in [("a", Float(1)), ("b", 0.5), ("c", -2)] {
                let adapter = try Adapter.load(folder: Fixtures.path("compositions/\(name)"), into: model)
                for module in adapter.modules {
                    let own = try update(module)
                    let sum = sums[module.slot.name] ?? Matrix(rows: own.rows, columns: own.columns)
                    sums[module.slot.name] = Matrix(
                        zip(sum.values, own.values).map { $0 + weight * $1 }, rows: own.rows, columns: own.columns)
                }
                adapter.detach()
            }
            let settings = try CompositionSettings(method: method("cat"))
            let composed = try Composition.compose(
                [parent("a", 1), parent("b", 0.5), parent("c", -2)], settings, on: model, identity: identity)
            try composed.save(folder: folder, identity: identity, baseModel: "tiny")
            composed.detach()
            let read = try Adapter.load(folder: folder, into: model, expecting: identity)
            #expect(read.configuration.rank == 10)
            #expect(read.targetModules == ["k_proj", "q_proj", "v_proj"])
            #expect(Set(read.modules.map(\.slot.name)) == Set(sums.keys))
            for module in read.modules {
                let expected = try #require(sums[module.slot.name]).values
                let found = try update(module).values
                #expect(firstDifference(found, expected, relative: 0, absolute: 1e-5) == nil)
            }
        }
    }

    @Test("DARE keeps about its density, scaled up for what it drops, as its seed says")
    func random() throws {
        let model = try Fixtures.tinyModel()
        func composed(_ density: Double, seed: UInt64) throws -> [[Float]] {
            let settings = try CompositionSettings(method: method("dare_linear"), density: density, seed: seed)
            let adapter = try Composition.compose([parent("a", 1)], settings, on: model, identity: identity)
            defer { adapter.detach() }
            return adapter.modules.map { $0.a.value.values + $0.b.value.values }
        }
        let whole = try composed(1, seed: 1)
        let half = try composed(0.5, seed: 1)
        var kept = 0
        for (all, some) in try paired(whole.joined(), half.joined()) where some != 0 {
            kept += 1
            #expect(abs(some - 2 * all) <= 1e-6 * abs(all))
        }
        // Five standard deviations.
        let count = Double(whole.joined().count)
        #expect(abs(Double(kept) - count / 2) < 5 * (count / 4).squareRoot())
        #expect(try composed(0.5, seed: 1) == half)
        #expect(try composed(0.5, seed: 2) != half)
        let masks = half.map { $0.map { $0 == 0 } }
        #expect(masks[0] != masks[1], "each module draws for itself")
    }

    @Test("What two adapters differ in is named, with both values")
    func mismatches() throws {
        let model = try Fixtures.tinyModel()
        let linear = try CompositionSettings(method: method("linear"))
        let ranks = #expect(throws: AdaptersError.self) {
            try Composition.compose([parent("a", 1), parent("c", 1)], linear, on: model, identity: identity)
        }
        #expect(ranks?.code == .mismatch)
        #expect(ranks?.message.contains("the rank is 4 of a and 2 of c") == true)
        let dora = Composition.Parent(name: "d", folder: Fixtures.path("methods/dora"), weight: 1)
        let other = #expect(throws: AdaptersError.self) {
            try Composition.compose([parent("a", 1), dora], linear, on: model, identity: identity)
        }
        #expect(other?.code == .unsupported)
        #expect(other?.message.contains("The method of d is dora") == true)
        let recorded = Composition.Parent(name: "r", folder: Fixtures.path("adapters/lorad-0.1.0"), weight: 1)
        let base = #expect(throws: AdaptersError.self) {
            try Composition.compose([parent("a", 1), recorded], linear, on: model, identity: identity)
        }
        #expect(base?.message.contains("was made for the base") == true)
        #expect(model.slots.allSatisfy { $0.adapter == nil }, "whatever is refused leaves the model as it was")
    }

    @Test("A setting that a method lacks or does not have is refused")
    func settings() throws {
        let all = CompositionMethod.all
        for method in all {
            #expect(throws: AdaptersError.self) {
                try CompositionSettings(method: method, density: method.needsDensity ? nil : 0.5)
            }
            let density = method.needsDensity ? 0.5 : nil
            if !method.takesRank {
                #expect(throws: AdaptersError.self) {
                    try CompositionSettings(method: method, density: density, rank: 4)
                }
            }
            if !method.takesMajority {
                #expect(throws: AdaptersError.self) {
                    try CompositionSettings(method: method, density: density, majority: .total)
                }
            }
            if !method.takesSeed {
                #expect(throws: AdaptersError.self) {
                    try CompositionSettings(method: method, density: density, seed: 1)
                }
            }
        }
        for density in [0, -0.5, 1.5, .nan] {
            #expect(throws: AdaptersError.self) { try CompositionSettings(method: method("ties"), density: density) }
        }
        #expect(throws: AdaptersError.self) { try CompositionSettings(method: method("svd"), rank: 0) }
    }
}
