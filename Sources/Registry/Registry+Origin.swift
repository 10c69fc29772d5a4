import Ledger

extension Registry {
    /// What a version came from; nil where its folder does not say.
    package func origin(of version: AdapterVersion) -> RunOrigin? { RunOrigin(folder: folder(of: version)) }
}
