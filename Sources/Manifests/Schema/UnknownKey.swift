import Common

/// What to say about a key that the schema does not know.
enum UnknownKey {
    static func message(_ key: String, in path: String, known: [String], everywhere: [String]) -> String {
        let place = path.isEmpty ? "" : " in \(path)"
        let start = "unknown key \(Shown.quoted(key))\(place); "
        if let meant = synonyms[key.lowercased()], known.contains(meant) {
            return start + "did you mean \(meant)?"
        }
        let suffix = "." + (synonyms[key.lowercased()] ?? key)
        let elsewhere = everywhere.filter { $0.hasSuffix(suffix) || "." + $0 == suffix }
        if !elsewhere.isEmpty {
            return start + "did you mean \(elsewhere.joined(separator: " or "))?"
        }
        if let close = Suggestion.closest(to: key, among: known) {
            return start + "did you mean \(close)?"
        }
        return start + "known keys are \(known.joined(separator: ", "))"
    }

    /// What other trainers call the same thing.
    private static let synonyms = [
        "lr": "learning_rate",
        "r": "rank", "lora_r": "rank", "lora_rank": "rank",
        "lora_alpha": "alpha",
        "lora_dropout": "dropout",
        "exclude_modules": "exclude", "layers_to_transform": "layers", "init_lora_weights": "init",
        "loraplus_lr_ratio": "lora_plus_ratio", "target_modules": "targets", "lora_target": "targets",
        "lora_target_modules": "targets",
        "num_train_epochs": "epochs", "num_epochs": "epochs",
        "per_device_train_batch_size": "batch_size", "train_batch_size": "batch_size",
        "gradient_accumulation_steps": "gradient_accumulation",
        "lr_scheduler_type": "schedule", "lr_scheduler": "schedule", "scheduler": "schedule",
        "cutoff_len": "max_length", "sequence_len": "max_length", "max_seq_length": "max_length",
        "num_warmup_steps": "warmup_steps", "min_learning_rate": "min_lr", "min_lr_ratio": "min_lr_rate",
        "num_decay_steps": "decay_steps",
        "label_smoothing_factor": "label_smoothing", "neftune_noise_alpha": "neftune_alpha",
        "eval_steps": "validate_every",
        "save_steps": "checkpoint_every",
        "base_model": "base", "model": "base", "model_name_or_path": "base",
        "datasets": "dataset", "train_data": "dataset",
        "url": "url_env", "webhook_url": "url_env",
        "max_grad_clip": "max_grad_norm", "gradient_clipping": "max_grad_norm",
        "hooks": "notify", "webhooks": "notify",
    ]
}
