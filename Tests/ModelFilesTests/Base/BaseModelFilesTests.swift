import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("Bases on disk")
struct BaseModelFilesTests {
    private func values(_ base: BaseModelFiles, _ name: String) throws -> [Float] {
        let info = try #require(base.info(name))
        let matrix = Matrix(rows: info.rows, columns: info.columns)
        try base.read(name, into: matrix)
        return matrix.values
    }

    private func shapes(_ base: BaseModelFiles) -> [String: [Int]] {
        Dictionary(uniqueKeysWithValues: base.tensorNames.map { ($0, base.info($0)?.shape ?? []) })
    }

    @Test("A folder, a sharded folder and a GGUF of one model hold the same tensors under the same names")
    func formats() throws {
        let folder = try BaseModelFiles(path: Fixtures.path("llama"))
        let sharded = try BaseModelFiles(path: Fixtures.path("llama-sharded"))
        let gguf = try BaseModelFiles(path: Fixtures.path("llama.gguf"))
        #expect(folder.format == .huggingFace)
        #expect(gguf.format == .gguf)
        #expect(folder.tensorNames == sharded.tensorNames)
        #expect(folder.tensorNames == gguf.tensorNames)
        #expect(folder.parameterCount == 4112)
        #expect(gguf.parameterCount == 4112)
        for name in folder.tensorNames {
            let expected = try values(folder, name)
            #expect(try values(sharded, name) == expected, "\(name)")
            #expect(try values(gguf, name) == expected, "\(name)")
        }
    }

    @Test(
        "The blocks that a file holds decode to what is read of it, whole bases of every format and layout",
        arguments: [
            "llama", "llama-sharded", "llama.gguf", "../llama-tiny/base-q8_0.gguf", "../gguf-families/bert.gguf",
            "../gguf-families/gpt2.gguf", "../gguf-families/gemma.gguf",
        ])
    func blocks(_ fixture: String) throws {
        let base = try BaseModelFiles(path: Fixtures.path(fixture))
        var handed = 0
        for name in base.tensorNames {
            guard let blocks = try base.blocks(of: name) else { continue }
            let info = try #require(base.info(name))
            #expect(blocks.dtype == info.dtype && blocks.rows == info.rows && blocks.columns == info.columns)
            let matrix = Matrix(rows: blocks.rows, columns: blocks.columns)
            blocks.decode(into: matrix)
            #expect(try matrix.values == values(base, name), "\(name)")
            handed += 1
        }
        // Norms that hold another number, biases in another order, and transposed weights can only be read.
        #expect(handed > base.tensorNames.count / 2, "\(handed)")
        if base.format == .huggingFace { #expect(handed == base.tensorNames.count) }
        #expect(throws: ModelFilesError.self) { try base.blocks(of: "model.layers.0.nothing") }
    }

    @Test(
        "Any rows of a permuted tensor are those rows of the whole",
        arguments: [0..<1, 3..<9, 7..<8, 8..<16, 0..<16, 5..<5])
    func permutedRows(_ rows: Range<Int>) throws {
        let gguf = try BaseModelFiles(path: Fixtures.path("llama.gguf"))
        let name = "model.layers.1.self_attn.q_proj.weight"
        let part = Matrix(rows: rows.count, columns: 16)
        try gguf.read(name, rows: rows, into: part)
        #expect(part.values == Array(try values(gguf, name)[(rows.lowerBound * 16)..<(rows.upperBound * 16)]))
    }

    @Test("Rows beyond a tensor, or a matrix of another shape, are refused", arguments: ["q_proj", "v_proj"])
    func wrongShapes(_ module: String) throws {
        let gguf = try BaseModelFiles(path: Fixtures.path("llama.gguf"))
        let name = "model.layers.0.self_attn.\(module).weight"
        expectError(.mismatch) { try gguf.read(name, rows: 15..<18, into: Matrix(rows: 3, columns: 16)) }
        expectError(.mismatch) { try gguf.read(name, rows: 0..<3, into: Matrix(rows: 2, columns: 16)) }
        expectError(.mismatch) { try gguf.read(name, into: Matrix(rows: 16, columns: 15)) }
        expectError(.missing) { try gguf.read("model.layers.9.mlp.up_proj.weight", into: Matrix(rows: 1, columns: 1)) }
    }

    @Test("Missing, unexpected and misshapen tensors are reported at once")
    func incomplete() throws {
        let base = try BaseModelFiles(path: Fixtures.path("llama"))
        var expected = shapes(base)
        try base.verifyComplete(expected: expected)
        expected["model.layers.2.mlp.up_proj.weight"] = [24, 16]
        expected["model.norm.weight"] = [17]
        expected["model.layers.0.input_layernorm.weight"] = nil
        let error = expectError(.mismatch) { try base.verifyComplete(expected: expected) }
        for part in [
            "model.layers.2.mlp.up_proj.weight is missing", "model.norm.weight has the shape [16], not [17]",
            "\"model.layers.0.input_layernorm.weight\" is unexpected",
        ] {
            #expect(error?.message.contains(part) == true, "\(part)")
        }
    }

    @Test("Old rotary buffers and a stored copy of a tied head are tolerated")
    func tolerated() throws {
        let folder = try TemporaryFolder()
        try folder.copyFixture("llama")
        let base = try BaseModelFiles(path: Fixtures.path("llama"))
        var entries = try base.tensorNames.map { name in
            let info = try #require(base.info(name))
            return TensorEntry(name: name, matrix: Matrix(rows: info.rows, columns: info.columns), shape: info.shape)
        }
        let buffer = "model.layers.0.self_attn.rotary_emb.inv_freq"
        entries.append(TensorEntry(name: buffer, matrix: Matrix(rows: 1, columns: 4), shape: [4]))
        entries.append(TensorEntry(name: "lm_head.weight", matrix: Matrix(rows: 12, columns: 16)))
        try SafetensorsWriter.write(entries, to: folder.path + "/model.safetensors")
        let old = try BaseModelFiles(path: folder.path)
        try old.verifyComplete(expected: shapes(base))
        #expect(old.info(buffer) == nil)
    }

    /// The tiny llama with other tensors beside its own, or in their place.
    private func changed(_ folder: TemporaryFolder, _ changes: [TensorEntry], renaming: (String) -> String = { $0 })
        throws -> BaseModelFiles
    {
        try folder.copyFixture("llama")
        let base = try BaseModelFiles(path: Fixtures.path("llama"))
        let kept = try base.tensorNames.filter { name in !changes.contains { $0.name == name } }.map { name in
            let info = try #require(base.info(name))
            let matrix = Matrix(rows: info.rows, columns: info.columns)
            try base.read(name, into: matrix)
            return TensorEntry(name: renaming(name), matrix: matrix, shape: info.shape)
        }
        try SafetensorsWriter.write(kept + changes, to: folder.path + "/model.safetensors")
        return try BaseModelFiles(path: folder.path)
    }

    @Test("A head that differs from the embedding is the model's, whatever the configuration says")
    func ownHead() throws {
        let base = try BaseModelFiles(path: Fixtures.path("llama"))
        let table = Matrix(rows: 12, columns: 16)
        try base.read("model.embed_tokens.weight", into: table)
        let equal = try changed(TemporaryFolder(), [TensorEntry(name: "lm_head.weight", matrix: table)])
        #expect(equal.configuration.tieWordEmbeddings)
        #expect(equal.info("lm_head.weight") == nil && equal.parameterCount == base.parameterCount)
        table[11, 15] += 1
        let own = try changed(TemporaryFolder(), [TensorEntry(name: "lm_head.weight", matrix: table)])
        #expect(!own.configuration.tieWordEmbeddings)
        #expect(try values(own, "lm_head.weight") == table.values)
        let object = try #require(try JSONReader.parse(file: Fixtures.path("llama/config.json")).objectValue)
        #expect(own.configuration.statingTie(in: object)["tie_word_embeddings"]?.boolValue == false)
        #expect(equal.configuration.statingTie(in: object)["tie_word_embeddings"]?.boolValue == true)
        let alone = try changed(TemporaryFolder(), []) {
            $0 == "model.embed_tokens.weight" ? "lm_head.weight" : $0
        }
        #expect(alone.configuration.tieWordEmbeddings)
        #expect(alone.tensorNames == base.tensorNames)
        #expect(try values(alone, "model.embed_tokens.weight") == values(base, "model.embed_tokens.weight"))
    }

    @Test("Norms of old checkpoints have a gamma and a beta; the same one under both names is refused")
    func oldNames() throws {
        let gamma = TensorEntry(name: "x.LayerNorm.gamma", matrix: Matrix([1, 2], rows: 1, columns: 2), shape: [2])
        let beta = TensorEntry(name: "x.LayerNorm.beta", matrix: Matrix([3, 4], rows: 1, columns: 2), shape: [2])
        let base = try changed(TemporaryFolder(), [gamma, beta])
        #expect(try values(base, "x.LayerNorm.weight") == [1, 2])
        #expect(try values(base, "x.LayerNorm.bias") == [3, 4])
        #expect(base.info("x.LayerNorm.gamma") == nil)
        expectError(.malformed, containing: "under two names") {
            try changed(TemporaryFolder(), [gamma, gamma.renamed("x.LayerNorm.weight")])
        }
    }

    @Test("NaN and infinity are refused where they stand", arguments: [Float.nan, .infinity, -.infinity])
    func notFinite(_ value: Float) throws {
        let matrix = Matrix(rows: 24, columns: 16)
        matrix[3, 5] = value
        let name = "model.layers.0.mlp.up_proj.weight"
        let base = try changed(TemporaryFolder(), [TensorEntry(name: name, matrix: matrix)])
        expectError(.notFinite, containing: "in row 3, column 5") { try values(base, name) }
        expectError(.notFinite, containing: "in row 3, column 5") {
            try base.read(name, rows: 2..<4, into: Matrix(rows: 2, columns: 16))
        }
        try base.read(name, rows: 4..<9, into: Matrix(rows: 5, columns: 16))
    }

    @Test("A Git LFS pointer in a weights' place is called one", arguments: ["model.safetensors", "x.gguf"])
    func pointer(_ name: String) throws {
        let folder = try TemporaryFolder()
        try folder.copyFixture("llama")
        try folder.write("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n", as: name)
        let error = expectError(.unsupported, containing: "Git LFS pointer") {
            try BaseModelFiles(path: name.hasSuffix(".gguf") ? "\(folder.path)/\(name)" : folder.path)
        }
        #expect(error?.advice?.contains("git lfs pull") == true)
    }

    @Test("A type that lorad does not read is reported with the other faults")
    func unreadable() throws {
        let folder = try TemporaryFolder()
        try folder.copyFixture("llama")
        try FileManager.default.copyItem(
            atPath: Fixtures.path("mixed.safetensors"), toPath: folder.path + "/mixed")
        _ = rename(folder.path + "/mixed", folder.path + "/model.safetensors")
        let base = try BaseModelFiles(path: folder.path)
        let expected = ["x": [2, 3], "y": [3], "z": [2]]
        expectError(.mismatch, containing: "x is stored as I64") { try base.verifyComplete(expected: expected) }
    }

    @Test("Two GGUF spellings of one tensor are refused, not read as either")
    func aliases() throws {
        let folder = try TemporaryFolder()
        let original = try GGUFFile(path: Fixtures.path("llama.gguf"))
        let matrix = Matrix(rows: 12, columns: 16)
        let names = ["token_embd.weight", "model.embed_tokens.weight"]
        let path = folder.path + "/x.gguf"
        try GGUFWriter.write(
            metadata: original.metadata.map { ($0.key, $0.value) },
            tensors: names.map { (TensorEntry(name: $0, matrix: matrix), .f32) }, to: path)
        expectError(.malformed, containing: "under two names") { try BaseModelFiles(path: path) }
    }

    @Test("Rows of q that are no whole heads are refused")
    func brokenHeads() throws {
        let folder = try TemporaryFolder()
        let original = try GGUFFile(path: Fixtures.path("llama.gguf"))
        let tensors = [
            TensorEntry(name: "token_embd.weight", matrix: Matrix(rows: 12, columns: 16)),
            TensorEntry(name: "blk.0.attn_q.weight", matrix: Matrix(rows: 15, columns: 16)),
        ]
        let path = folder.path + "/x.gguf"
        try GGUFWriter.write(
            metadata: original.metadata.map { ($0.key, $0.value) }, tensors: tensors.map { ($0, .f32) }, to: path)
        expectError(.mismatch, containing: "15 rows") { try BaseModelFiles(path: path) }
    }

    @Test("A path that is not there is missing, and says what a base is")
    func missing() {
        let error = expectError(.missing, containing: "/no/such/base") { try BaseModelFiles(path: "/no/such/base") }
        #expect(error?.advice?.contains(".gguf") == true)
    }
}
