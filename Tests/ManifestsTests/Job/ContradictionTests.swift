import AdapterKinds
import Manifests
import Testing

@Suite("Contradictions") struct ContradictionTests {
    @Test(
        "Two values that cannot both hold are reported at the second",
        arguments: [
            ("training: {epochs: 1, max_steps: 5}", "4:23: training.max_steps and training.epochs both say how long"),
            ("training: {max_steps: 5, epochs: 1}", "4:26: training.max_steps and training.epochs both say how long"),
            (
                "training: {batch_size: 1000000, gradient_accumulation: 1000000}",
                "4:33: training.batch_size times training.gradient_accumulation is 1000000000000 rows a step; it must be"
            ),
            (
                "training: {warmup_steps: 5, warmup_ratio: 0.1}",
                "4:29: training.warmup_steps and training.warmup_ratio both say how long to warm up; keep one"
            ),
            (
                "training: {schedule: cosine, min_lr: 1.0e-5}",
                "4:30: training.min_lr goes with training.schedule cosine_with_min_lr or warmup_stable_decay, not cosine"
            ),
            (
                "training: {schedule: cosine_with_min_lr, min_lr: 1.0e-5, decay_steps: 5}",
                "4:58: training.decay_steps goes with training.schedule warmup_stable_decay, not cosine_with_min_lr"
            ),
            (
                "training: {schedule: cosine_with_min_lr, min_lr: 1.0e-5, min_lr_rate: 0.1}",
                "4:58: training.min_lr and training.min_lr_rate both say where the learning rate ends; keep one"
            ),
            (
                "training: {schedule: cosine_with_min_lr}",
                "4:12: training.schedule cosine_with_min_lr needs training.min_lr or training.min_lr_rate"
            ),
            (
                "training: {schedule: cosine_with_min_lr, min_lr: 0.5}",
                "4:42: training.min_lr is 0.5, above training.learning_rate 0.0002"
            ),
            (
                "adapter: {method: prefix, targets: [q_proj]}",
                "4:27: adapter.targets goes with adapter.method \(AdapterKind.owners(of: "targets") ?? ""), not prefix"
            ),
            (
                "adapter: {method: adalora, rank: 4}",
                "4:28: adapter.rank goes with adapter.method lora or dora or hybrid, not adalora"
            ),
            (
                "adapter: {method: adalora, init_r: 4, target_r: 6}",
                "4:39: adapter.target_r is 6, above adapter.init_r 4"
            ),
            (
                "adapter: {method: lora, num_virtual_tokens: 4}",
                "4:25: adapter.num_virtual_tokens goes with adapter.method prompt or prefix, not lora"
            ),
            (
                "adapter: {method: prompt, prompt_tuning_init: text}",
                "4:27: adapter.prompt_tuning_init text needs adapter.prompt_tuning_init_text, the text"
            ),
            (
                "adapter: {method: prompt, prompt_tuning_init_text: good}",
                "4:27: adapter.prompt_tuning_init_text goes with adapter.prompt_tuning_init text"
            ),
            (
                "adapter: {method: bottleneck}\nmerge: {export: gguf}",
                "5:9: merge.export gguf needs an adapter that can be merged; adapter.method bottleneck cannot"
            ),
            (
                "adapter: {method: prompt}\ntraining: {neftune_alpha: 5}",
                "5:12: training.neftune_alpha disturbs the embeddings that adapter.method prompt trains; remove it"
            ),
            (
                "adapter: {method: ia3, rank: 4}",
                "4:24: adapter.rank goes with adapter.method lora or dora or hybrid, not ia3"
            ),
            (
                "adapter: {feedforward_modules: [down_proj]}",
                "4:11: adapter.feedforward_modules goes with adapter.method ia3, not lora"
            ),
            (
                "adapter: {method: dora, init: pissa}",
                "4:25: adapter.init pissa goes with adapter.method lora or hybrid, not dora"
            ),
            (
                "adapter: {init: olora, init_from: parent}",
                "4:24: adapter.init says what a fresh adapter begins as, and adapter.init_from goes on from another"
            ),
            (
                "adapter: {method: ia3}\ntraining: {lora_plus_ratio: 16}",
                "5:12: training.lora_plus_ratio is about A and B; it goes with adapter.method lora or dora or hybrid, not ia3"
            ),
            (
                "training: {label_smoothing: 1}",
                "4:29: training.label_smoothing is 1; it must be at least 0 and below 1"
            ),
            ("training: {early_stopping: {}}", "4:12: training.early_stopping needs dataset.validation"),
            ("training: {validate_every: 5}", "4:12: training.validate_every needs dataset.validation"),
            ("training: {best: {keep: best}}", "4:12: training.best needs dataset.validation"),
            ("training: {best: {metric: all.loss}}", "4:12: training.best needs dataset.validation"),
            ("evaluation: {choices: [a, b]}", "4:14: evaluation.choices needs evaluation.data"),
            ("evaluation: {data: train.jsonl}", "4:20: evaluation.data is the same file as dataset.train"),
            ("gates: [{metric: loss, max: 1}]", "4:1: gates need evaluation.data"),
            ("evaluation: {data: d}\ngates: [{metric: loss}]", "5:9: gates[0] states no bound"),
            (
                "evaluation: {data: d}\ngates: [{slice: movies, metric: loss, max: 1}]",
                "5:17: gates[0].slice is \"movies\"; without evaluation.slice_by there is only all"
            ),
            (
                "evaluation: {data: d}\ngates: [{metric: calibration_error, max: 0.1}]",
                "5:18: gates[0].metric is calibration_error, which is measured over evaluation.choices"
            ),
            (
                "evaluation: {data: d}\ngates: [{metric: accuracy, min: 75}]",
                "5:33: gates[0].min is 75; accuracy is always between 0 and 1"
            ),
            (
                "evaluation: {data: d}\ngates: [{metric: loss, min: 2, max: 1}]",
                "5:32: gates[0].min 2 is above gates[0].max 1"
            ),
            (
                "evaluation: {data: d}\ngates: [{metric: matthews, min: -2}]",
                "5:33: gates[0].min is -2; matthews is always between -1 and 1"
            ),
        ])
    func contradictions(lines: String, message: String) {
        let found = mistakes(shortest + lines)
        #expect(found.count == 1 && found[0].hasPrefix("job.yaml:" + message), "\(found)")
    }

    @Test(
        "A metric that tells the best step is named whole, and one that there is",
        arguments: [
            (
                "accuracy",
                "is \"accuracy\"; expected validation_loss, or a slice and a metric, such as all.loss; did you"
            ),
            ("accuracy", "; did you mean all.accuracy?"),
            ("books.acuracy", "did you mean books.accuracy?"),
            ("a.b.los", "did you mean a.b.loss?"),
            ("validation_los", "did you mean validation_loss?"),
            (".loss", "did you mean all.loss?"),
            ("all.rouge_longest", "metrics are loss, perplexity, accuracy, calibration_error"),
            ("books.loss", "is on the slice \"books\"; without evaluation.slice_by there is only all: all.loss"),
            ("all.calibration_error", "which is measured over evaluation.choices; give them"),
        ])
    func bestMetrics(metric: String, message: String) {
        let dataset = "dataset: {train: t, validation: v, format: prompt_completion}"
        let start = "name: tiny\nbase: {path: b.gguf, sha256: \(hash)}\n\(dataset)\n"
        let found = mistakes(start + "training: {best: {metric: \(metric)}}\n")
        #expect(found.count == 1 && found[0].hasPrefix("job.yaml:4:27: training.best.metric "), "\(found)")
        #expect(found.first?.contains(message) == true, "\(found)")
    }

    @Test("Slices and choices serve the validation rows too, where a metric of theirs tells the best step")
    func bestSlices() throws {
        let start = "name: tiny\nbase: {path: b.gguf, sha256: \(hash)}\ndataset: {train: t, validation: v}\n"
        let manifest = try load(
            start + "evaluation: {slice_by: domain, choices: [a, b]}\ntraining: {best: {metric: a.b.accuracy}}\n")
        #expect(manifest.training.best?.metric == .slice("a.b", .accuracy))
        #expect(try load(manifest.yaml()) == manifest)
        let found = mistakes(start + "evaluation: {slice_by: domain, limit: 5}\ntraining: {best: {}}\n")
        #expect(found.count == 2 && found[0].contains("evaluation.slice_by needs evaluation.data"), "\(found)")
        let limited = mistakes(start + "evaluation: {limit: 5}\ntraining: {best: {metric: all.loss}}\n")
        #expect(limited.count == 1 && limited[0].contains("evaluation.limit needs evaluation.data"), "\(limited)")
    }

    @Test("Keys of conversations go with the format messages, and a date is a day")
    func conversations() throws {
        let start = "name: tiny\nbase: {path: b.gguf, sha256: \(hash)}\ndataset: {train: t, format: "
        for key in ["chat_template: x", "chat_date: 2026-11-29", "train_on: last", "reasoning: drop", "tools: x.json"] {
            let found = mistakes(start + "text, \(key)}\n")
            #expect(found.count == 1 && found[0].contains("is about conversations"), "\(found)")
            #expect(mistakes(start + "messages, \(key)}\n") == [])
        }
        for day in ["2026-02-29", "2026-13-01", "0000-01-01", "26-1-1", "today"] {
            let found = mistakes(start + "messages, chat_date: \"\(day)\"}\n")
            #expect(found.count == 1 && found[0].contains("expected a day"), "\(found)")
        }
        let manifest = try load(start + "messages, chat_template: data/own.jinja, train_on: all, reasoning: mask}\n")
        #expect(manifest.dataset.chatTemplateFile == "data/own.jinja" && manifest.inputs.contains("data/own.jinja"))
        #expect(manifest.dataset.trainOn == .all && manifest.dataset.reasoning == .mask)
        #expect(try load(start + "messages, chat_template: tool_use}\n").dataset.chatTemplateFile == nil)
        #expect(try load(start + "messages}\n").yaml().contains("chat") == false)
        #expect(try load(start + "messages, tools: data/tools.json}\n").inputs.contains("data/tools.json"))
    }

    @Test("Each of several files may have a template of its own, where its rows are conversations")
    func sourceTemplates() throws {
        let start = "name: tiny\nbase: {path: b.gguf, sha256: \(hash)}\n"
        let sources = "dataset: {train: [{path: a, format: messages, chat_template: x.jinja}, {path: b}]"
        let manifest = try load(start + sources + ", chat_template: y/z}\n")
        #expect(
            manifest.dataset.chatTemplateFiles.map(\.key) == [
                "dataset.chat_template", "dataset.train[0].chat_template",
            ])
        #expect(manifest.inputs.contains("x.jinja") && manifest.inputs.contains("y/z"))
        #expect(try load(manifest.yaml()) == manifest)
        let found = mistakes(start + sources.replacing("format: messages", with: "format: text") + "}\n")
        #expect(
            found.count == 1 && found[0].hasPrefix("job.yaml:3:43: dataset.train[0].chat_template is about"), "\(found)"
        )
    }

    @Test("Choices and a format without prompts are reported at whichever comes second")
    func choices() {
        let start = "name: tiny\nbase: {path: b.gguf, sha256: \(hash)}\n"
        let dataset = "dataset: {train: t, format: messages}\n"
        let evaluation = "evaluation: {data: d, choices: [a, b]}\n"
        let message = "evaluation.choices compares completions of a prompt and does not go with dataset.format messages"
        #expect(mistakes(start + dataset + evaluation) == ["job.yaml:4:23: \(message)"])
        #expect(mistakes(start + evaluation + dataset) == ["job.yaml:4:21: \(message)"])
    }

    @Test(
        "What goes with another format or task of the data set is reported where it stands",
        arguments: [
            ("{train: t, format: text, labels: [a, b]}", "loss", "dataset.labels is about rows with a label"),
            ("{train: t, format: messages, task: regression}", "loss", "dataset.task is about rows with a label"),
            ("{train: t, task: regression, labels: [a, b]}", "loss", "dataset.task regression predicts a number"),
            ("{train: t, format: text}", "f1", "gates[0].metric is f1, which is measured on rows of dataset.format"),
            (
                "{train: t, task: regression}", "accuracy",
                "gates[0].metric is accuracy, which a regression does not have"
            ),
            ("{train: t, labels: [a, b]}", "pearson", "gates[0].metric is pearson, which is measured on a regression"),
            ("{train: t, format: classification}", "perplexity", "gates[0].metric is perplexity, which is measured on"),
        ])
    func labels(dataset: String, metric: String, message: String) {
        let text = shortest.replacing("dataset: train.jsonl", with: "dataset: \(dataset)")
        let found = mistakes(text + "evaluation: {data: d}\ngates: [{metric: \(metric), max: 1}]\n")
        #expect(found.count == 1 && found[0].contains(message), "\(found)")
    }

    @Test(
        "A classification's metrics and labels are read",
        arguments: ["accuracy", "f1", "matthews", "calibration_error", "loss"])
    func classification(metric: String) throws {
        let dataset = "dataset: {train: t, format: classification, labels: [no, yes]}"
        let manifest = try load(
            shortest.replacing("dataset: train.jsonl", with: dataset)
                + "evaluation: {data: d}\ngates: [{metric: \(metric), better_than: base}]\n")
        #expect(manifest.dataset.labels == ["no", "yes"])
        #expect(try load(manifest.yaml()) == manifest)
    }

    @Test("The same file for training and validation is refused")
    func sameFile() {
        let text = shortest.replacing("dataset: train.jsonl", with: "dataset: {validation: a, train: a}")
        #expect(
            mistakes(text).first?.hasPrefix("job.yaml:3:26: dataset.train and dataset.validation are the same") == true)
    }
}
