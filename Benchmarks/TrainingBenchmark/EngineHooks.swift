import ArgumentParser
import Tensors
import Transformers

/// Seconds and calls of one kind of kernel.
struct KernelTime: Encodable {
    let name: String
    let seconds: Double
    let calls: Int
}

/// The only calls of engine features that not every engine has. Package.swift's `engineHooks` says which there are.
enum EngineHooks {
    /// Starts to add up the time in kernels.
    static func startKernelClock() throws {
        #if KERNEL_CLOCK
            KernelClock.start()
        #else
            throw ValidationError("This engine has no clock for its kernels.")
        #endif
    }

    /// Time in kernels since the start, longest first.
    static func stopKernelClock() -> [KernelTime] {
        #if KERNEL_CLOCK
            KernelClock.stop().map { KernelTime(name: $0.name, seconds: $0.seconds, calls: $0.calls) }
                .sorted { $0.seconds > $1.seconds }
        #else
            []
        #endif
    }

    /// Makes training steps compute activations again instead of keeping them.
    static func enableActivationCheckpointing(_ model: LanguageModel) throws {
        #if ACTIVATION_CHECKPOINTING
            model.activationCheckpointing = true
        #else
            throw ValidationError("This engine has no activation checkpointing.")
        #endif
    }
}
