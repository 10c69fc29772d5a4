/// What to add to a manifest that asks for no scores.
enum UnscoredSection {
    /// Empty where something was scored, or was to be.
    static func render(_ report: RunReport) -> HTML {
        guard report.isUnscored else { return "" }
        return """
            <section aria-labelledby="unscored"><h2 id="unscored">Not scored</h2><p>The manifest names no evaluation \
            data, so nothing says whether the adapter is any good. Add rows that are not trained on, and what they must \
            show:</p><pre tabindex="0"><code>\(lines)</code></pre></section>
            """
    }

    private static let lines = """
        evaluation:
          data: PATH/TO/ROWS.jsonl
        gates:
          - {slice: all, metric: loss, better_than: base}
        """
}
