extension HookConfiguration {
    /// A hook of which nothing but the name is known: enough to check a manifest's `notify`.
    package init(named name: String) {
        self.init()
        self.name = name
    }
}
