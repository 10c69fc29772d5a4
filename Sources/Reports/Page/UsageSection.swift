/// How to load the adapter, and how to check that it is the one described here.
enum UsageSection {
    static func render(_ report: RunReport) -> HTML {
        let load: HTML = """
            <h2 id="usage">Use it</h2><p>In the folder of this page:</p>\
            <pre tabindex="0"><code>\(UsageSnippet.python(report.provenance) ?? UsageSnippet.lorad(report.provenance))\
            </code></pre>
            """
        return """
            <section>\(report.status == .succeeded ? load : unproven)<h2 id="verify">Verify it</h2>\
            <p>In the same folder, each file against the checksums that were published with it, then base and adapter:</p>\
            <pre tabindex="0"><code>\(UsageSnippet.verify(report.provenance))</code></pre></section>
            """
    }

    private static let unproven: HTML = """
        <h2 id="usage">Not for use</h2><p>This run did not succeed. It publishes no adapter that loads; what was trained \
        is kept for diagnosis in <code>adapter-failed/</code>.</p>
        """
}
