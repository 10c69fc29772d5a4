import Foundation
import Tensors
import Testing

@Suite("Variants of the kernels")
struct KernelVariantTests {
    @Test("LORAD_KERNELS decides which variant computes, else the CPU")
    func chosen() throws {
        let asked = ProcessInfo.processInfo.environment[KernelVariant.environmentName] ?? ""
        let widest = try #require(KernelVariant.runnable.last)
        #expect(KernelVariant.chosen == widest)
        #expect(asked.isEmpty || asked == widest.name)
        try KernelVariant.checkRequest()
    }

    @Test("Every CPU runs baseline, and a variant's name finds it")
    func names() {
        #expect(KernelVariant.runnable.first?.name == "baseline")
        #expect(KernelVariant.all.map { KernelVariant.named($0.name) } == KernelVariant.all)
        #expect(KernelVariant.named("x86-64-v2") == nil)
    }

    @Test("Products are in bfloat16 where the variant has an instruction for them, and nowhere else")
    func computeType() {
        #expect(DType.float32.compute == .float32)
        #expect((DType.bfloat16.compute == .bfloat16) == KernelVariant.chosen.name.hasSuffix("-bf16"))
        #expect(MachineInfo.fasterDType == DType.bfloat16.compute)
    }

    @Test("The speed of products of bfloat16 is told where there are such, and nowhere else")
    func productSpeed() throws {
        let speed = ProductSpeed.bfloat16OverFloat32()
        #expect((speed != nil) == (DType.bfloat16.compute == .bfloat16))
        if let speed { #expect(speed > 0 && speed.isFinite) }
    }
}
