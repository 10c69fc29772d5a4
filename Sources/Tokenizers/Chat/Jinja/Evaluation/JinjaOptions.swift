/// What a template is rendered with beside the conversation.
package struct JinjaOptions: Sendable {
    /// What `strftime_now` calls now; a template that asks for it is refused where there is none, for two runs of one
    /// job would differ.
    package var now: JinjaClock?
    package var limits: JinjaLimits

    package init(now: JinjaClock? = nil, limits: JinjaLimits = JinjaLimits()) {
        self.now = now
        self.limits = limits
    }
}
