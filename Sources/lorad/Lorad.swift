import ArgumentParser

/// The command line: parsing and printing only.
@main
struct Lorad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lorad", abstract: "A LoRA adapter factory: drop a manifest, find a proven adapter.")
}
