/// ggml's numbers of element types.
enum GGUFTensorTypes {
    private static let numbers: [FileDType: UInt32] = [
        .f32: 0, .f16: 1, .q4_0: 2, .q4_1: 3, .q5_0: 6, .q5_1: 7, .q8_0: 8, .q2k: 10, .q3k: 11, .q4k: 12, .q5k: 13,
        .q6k: 14, .q8k: 15, .iq4nl: 20, .iq4xs: 23, .i8: 24, .i16: 25, .i32: 26, .i64: 27, .f64: 28, .bf16: 30,
    ]
    private static let dtypes = Dictionary(uniqueKeysWithValues: numbers.map { ($1, $0) })

    /// Nil for a type of unknown size.
    static func dtype(_ number: UInt32) -> FileDType? { dtypes[number] }

    /// Nil for a type that GGUF does not have.
    static func number(_ dtype: FileDType) -> UInt32? { numbers[dtype] }
}
