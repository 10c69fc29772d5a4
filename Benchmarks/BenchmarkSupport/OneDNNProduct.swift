import COneDNN

/// y `[m, n]` = x `[m, k]` · W `[k, n]` by oneDNN with W in the layout that oneDNN likes best, on oneDNN's own threads
/// (libgomp's, all cores unless OMP_NUM_THREADS says otherwise). It exists to find what the machine can do; the engine
/// is not involved.
package final class OneDNNProduct {
    /// Element type of x and W.
    package enum Operands: String, Sendable, CaseIterable {
        case float32, bfloat16
    }

    private var engine: dnnl_engine_t?
    private var stream: dnnl_stream_t?
    private var primitive: dnnl_primitive_t?
    private var memories: [dnnl_memory_t?] = []
    private var buffers: [UnsafeMutableRawPointer] = []
    private var arguments: [dnnl_exec_arg_t] = []

    /// A call of oneDNN that failed, as on a CPU that lacks the type.
    package struct Failure: Error {
        package let call: String
        package let status: UInt32
    }

    /// - Parameter rounded: y in the operands' type instead of float32.
    package init(m: Int, n: Int, k: Int, operands: Operands, rounded: Bool) throws {
        try Self.check("engine", dnnl_engine_create(&engine, dnnl_cpu, 0))
        try Self.check("stream", dnnl_stream_create(&stream, engine, dnnl_stream_default_flags.rawValue))
        let type = operands == .float32 ? dnnl_f32 : dnnl_bf16
        var x = try Self.description([m, k], type, dnnl_ab)
        var anyWeight = try Self.description([k, n], type, dnnl_format_tag_any)
        var y = try Self.description([m, n], rounded ? type : dnnl_f32, dnnl_ab)
        var product = dnnl_matmul_desc_t()
        try Self.check("matmul", dnnl_matmul_desc_init(&product, &x, &anyWeight, nil, &y))
        var description: dnnl_primitive_desc_t?
        try Self.check("description", dnnl_primitive_desc_create(&description, &product, nil, engine, nil))
        defer { dnnl_primitive_desc_destroy(description) }
        try Self.check("primitive", dnnl_primitive_create(&primitive, description))
        guard let packed = dnnl_primitive_desc_query_md(description, dnnl_query_weights_md, 0)?.pointee else {
            throw Failure(call: "packed layout", status: 0)
        }
        let source = try memory(x, filledWith: operands)
        let weight = try packedWeight(packed, n: n, k: k)
        let result = try memory(y, filledWith: nil)
        arguments = [
            dnnl_exec_arg_t(arg: DNNL_ARG_SRC_0, memory: source),
            dnnl_exec_arg_t(arg: DNNL_ARG_WEIGHTS_0, memory: weight),
            dnnl_exec_arg_t(arg: DNNL_ARG_DST_0, memory: result),
        ]
    }

    deinit {
        memories.forEach { _ = dnnl_memory_destroy($0) }
        _ = dnnl_primitive_destroy(primitive)
        _ = dnnl_stream_destroy(stream)
        _ = dnnl_engine_destroy(engine)
        buffers.forEach { $0.deallocate() }
    }

    /// Computes the product once.
    package func run() throws {
        try Self.check(
            "execution", dnnl_primitive_execute(primitive, stream, Int32(arguments.count), arguments))
        try Self.check("wait", dnnl_stream_wait(stream))
    }

    /// Lays a plain float32 weight out as `packed`, once.
    private func packedWeight(_ packed: dnnl_memory_desc_t, n: Int, k: Int) throws -> dnnl_memory_t? {
        var packed = packed
        var plain = try Self.description([k, n], dnnl_f32, dnnl_ab)
        let from = try memory(plain, filledWith: .float32)
        let to = try memory(packed, filledWith: nil)
        var description: dnnl_primitive_desc_t?
        try Self.check(
            "reorder", dnnl_reorder_primitive_desc_create(&description, &plain, engine, &packed, engine, nil))
        defer { dnnl_primitive_desc_destroy(description) }
        var reorder: dnnl_primitive_t?
        try Self.check("reorder", dnnl_primitive_create(&reorder, description))
        defer { dnnl_primitive_destroy(reorder) }
        let arguments = [
            dnnl_exec_arg_t(arg: DNNL_ARG_SRC_0, memory: from), dnnl_exec_arg_t(arg: DNNL_ARG_DST_0, memory: to),
        ]
        try Self.check("reorder", dnnl_primitive_execute(reorder, stream, Int32(arguments.count), arguments))
        try Self.check("wait", dnnl_stream_wait(stream))
        return to
    }

    /// Memory as `description` lays it out, of small numbers of a type, or zeros.
    private func memory(_ description: dnnl_memory_desc_t, filledWith type: Operands?) throws -> dnnl_memory_t? {
        var description = description
        let bytes = dnnl_memory_desc_get_size(&description)
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: max(64, bytes), alignment: 64)
        buffers.append(buffer)
        buffer.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        var state: UInt32 = 1
        func next() -> Float {
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(Int32(bitPattern: state)) * 0x1p-36
        }
        switch type {
        case .float32:
            let values = buffer.bindMemory(to: Float.self, capacity: bytes / 4)
            for index in 0..<(bytes / 4) { values[index] = next() }
        case .bfloat16:
            let values = buffer.bindMemory(to: UInt16.self, capacity: bytes / 2)
            for index in 0..<(bytes / 2) { values[index] = UInt16(next().bitPattern >> 16) }
        case nil: break
        }
        var memory: dnnl_memory_t?
        try Self.check("memory", dnnl_memory_create(&memory, &description, engine, buffer))
        memories.append(memory)
        return memory
    }

    private static func description(_ sizes: [Int], _ type: dnnl_data_type_t, _ tag: dnnl_format_tag_t) throws
        -> dnnl_memory_desc_t
    {
        var description = dnnl_memory_desc_t()
        let dimensions = sizes.map { dnnl_dim_t($0) }
        try check(
            "layout",
            dnnl_memory_desc_init_by_tag(&description, Int32(sizes.count), dimensions, type, tag))
        return description
    }

    private static func check(_ call: String, _ status: dnnl_status_t) throws {
        guard status == dnnl_success else { throw Failure(call: call, status: UInt32(status.rawValue)) }
    }
}
