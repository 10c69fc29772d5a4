extension TrainingSection {
    static func check(
        _ section: inout TrainingSection, _ node: YAMLNode, _ context: inout ReadingContext, _ path: String
    ) {
        let rows = section.batchSize * section.gradientAccumulation
        if rows > mostRowsOfAStep, let entry = node.entry("gradient_accumulation") ?? node.entry("batch_size") {
            context.diagnostics.add(
                entry.position,
                "\(path)batch_size times \(path)gradient_accumulation is \(rows) rows a step; it must be at most "
                    + "\(mostRowsOfAStep)")
        }
        let alternatives = [
            ("max_steps", "epochs", "how long to train"), ("warmup_steps", "warmup_ratio", "how long to warm up"),
            ("min_lr", "min_lr_rate", "where the learning rate ends"),
        ]
        for (first, other, subject) in alternatives {
            guard let second = node.later(of: first, other) else { continue }
            context.diagnostics.add(
                second.position, "\(path)\(first) and \(path)\(other) both say \(subject); keep one")
        }
        checkSchedule(section, node, &context, path)
    }

    /// Keys of some schedules only.
    private static func checkSchedule(
        _ section: TrainingSection, _ node: YAMLNode, _ context: inout ReadingContext, _ path: String
    ) {
        let schedule = section.schedule
        func refuse(_ keys: [String], _ owners: String) {
            for key in keys where node[key] != nil {
                guard let entry = node.entry(key) else { continue }
                context.diagnostics.add(
                    entry.position, "\(path)\(key) goes with \(path)schedule \(owners), not \(schedule.rawValue)")
            }
        }
        if !schedule.hasMinimum { refuse(["min_lr", "min_lr_rate"], "cosine_with_min_lr or warmup_stable_decay") }
        if schedule != .warmupStableDecay { refuse(["decay_steps"], "warmup_stable_decay") }
        if schedule == .cosineWithMinLR, section.minLR == nil, section.minLRRate == nil,
            node["min_lr"] == nil, node["min_lr_rate"] == nil, let entry = node.entry("schedule")
        {
            context.diagnostics.add(
                entry.position,
                "\(path)schedule cosine_with_min_lr needs \(path)min_lr or \(path)min_lr_rate, where it ends")
        }
        if let lowest = section.minLR, lowest > section.learningRate, let entry = node.entry("min_lr") {
            context.diagnostics.add(
                entry.position,
                "\(path)min_lr is \(NumberBounds.text(lowest)), above \(path)learning_rate "
                    + "\(NumberBounds.text(section.learningRate))")
        }
    }
}
