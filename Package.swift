// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

/// One Swift target of the house. What a target may import is what it lists here, see `Sources/README.md`.
func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: swiftSettings)
}

/// Benchmarks are part of this package because they need its `package` access, and exist only when asked for, so that
/// `make test` neither resolves nor builds them; see `Benchmarks/README.md`.
let wantsBenchmarks = Context.environment["LORAD_BENCHMARKS"] != nil

/// The fuzzer's executable needs libFuzzer, which only `-sanitize=fuzzer` links; see `Fuzz/README.md`. What it feeds is
/// always built, and tested with its corpus.
let wantsFuzzer = Context.environment["LORAD_FUZZ"] != nil

let fuzzerTargets: [Target] = [
    .systemLibrary(name: "CLibFuzzer", path: "Fuzz/CLibFuzzer"),
    .executableTarget(
        name: "lorad-fuzz", dependencies: ["FuzzTargets", "CLibFuzzer"], path: "Fuzz/Driver",
        swiftSettings: swiftSettings),
]

let benchmarkDependencies: [Package.Dependency] = [
    // Without its traits: they need two packages that interpose malloc and the runtime; we count allocations ourselves.
    .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: [])
]

let benchmarkTargets: [Target] = [
    .systemLibrary(name: "COneDNN", path: "Benchmarks/COneDNN", providers: [.apt(["libdnnl-dev"])]),
    .target(
        name: "CBenchmarkSupport", path: "Benchmarks/CBenchmarkSupport",
        cSettings: [.unsafeFlags(["-O3", "-g0", "-Wall", "-Werror"])]),
    .target(
        name: "BenchmarkSupport",
        dependencies: ["CBenchmarkSupport", "CHeapCalls", "COneDNN", "Tensors", "ModelFiles", "Transformers"],
        path: "Benchmarks/BenchmarkSupport", swiftSettings: swiftSettings),
    .executableTarget(
        name: "TrainingBenchmark",
        dependencies: [
            "BenchmarkSupport", "CHeapCalls", "Training", "Evaluation", "Adapters", "Transformers", "Datasets",
            "Tokenizers", "ModelFiles", "Tensors", .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        path: "Benchmarks/TrainingBenchmark", swiftSettings: swiftSettings),
    .executableTarget(
        name: "TokenizerBenchmark",
        dependencies: [
            "Transformers", "Datasets", "Tokenizers", "ModelFiles",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        path: "Benchmarks/TokenizerBenchmark", swiftSettings: swiftSettings),
    .executableTarget(
        name: "KernelBenchmarks",
        dependencies: ["BenchmarkSupport", "Tensors", .product(name: "Benchmark", package: "benchmark")],
        path: "Benchmarks/KernelBenchmarks", swiftSettings: swiftSettings,
        plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
]

let package = Package(
    name: "lorad",
    products: [.executable(name: "lorad", targets: ["lorad"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    ] + (wantsBenchmarks ? benchmarkDependencies : []),
    targets: [
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstandard", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CLinux"),
        .target(
            name: "CKernels",
            // portable/ is compiled as a part of each file of variants/.
            exclude: ["portable", "variants/kernels.def"],
            cSettings: [.unsafeFlags(["-O3", "-g0", "-Wall", "-Werror"])],
            linkerSettings: [.linkedLibrary("m")]
        ),
        module("Common", []),
        module("AdapterKinds", []),
        module("JobReports", ["Common", "OperatingSystem"]),
        module("Tensors", ["Common", "COpenBLAS", "CKernels"]),
        module("Digests", ["CCrypto"]),
        module("Compression", ["Common", "CZlib", "CZstandard"]),
        module("ForeignText", []),
        module("OperatingSystem", ["Common", "CLinux"]),
        module("ModelFiles", ["Common", "Tensors", "Digests", "ForeignText"]),
        module("Tokenizers", ["Common", "ModelFiles", "ForeignText"]),
        module("Datasets", ["Common", "Compression", "Digests", "ModelFiles", "Tokenizers", "ForeignText"]),
        module("Transformers", ["Common", "Tensors", "ModelFiles"]),
        module("Adapters", ["AdapterKinds", "Common", "Tensors", "ModelFiles", "Transformers"]),
        module(
            "Training",
            [
                "Common", "Digests", "Tensors", "ModelFiles", "Tokenizers", "Datasets", "Transformers", "ForeignText",
            ]),
        module(
            "Evaluation",
            [
                "Common", "Tensors", "Digests", "ModelFiles", "Tokenizers", "Datasets", "Transformers",
                "ForeignText",
            ]),
        module("Manifests", ["AdapterKinds", "Common", "CYAML", "ForeignText"]),
        module("Reports", ["AdapterKinds", "Common", "ForeignText"]),
        module("Publication", ["Common", "Reports", "Manifests", "Digests", "ForeignText"]),
        module(
            "Pipeline",
            [
                "AdapterKinds", "Common", "Tensors", "ModelFiles", "Tokenizers", "Datasets", "Transformers", "Adapters",
                "Training", "Evaluation", "Manifests", "Reports", "Publication", "ForeignText", "JobReports", "Digests",
            ]),
        module(
            "Executors",
            [
                "Common", "JobReports", "Pipeline", "Publication", "Reports", "ModelFiles", "Manifests",
                "OperatingSystem", "ForeignText", "CLinux", subprocess,
            ]),
        module("Ledger", ["JobReports", "Common", "OperatingSystem", "ForeignText", grdb]),
        module("Registry", ["Common", "Ledger", "Manifests", "Publication", "Reports", "ForeignText"]),
        module(
            "Views",
            ["JobReports", "Common", "Ledger", "Pipeline", "Publication", "Registry", "Reports", "Manifests"]),
        module(
            "Webhooks",
            ["Common", "JobReports", "Ledger", "Manifests", "OperatingSystem", "ForeignText", "Digests", "CCurl"]),
        module(
            "Worker",
            [
                "Common", "Ledger", "Webhooks", "Views", "Pipeline", "Publication", "Registry", "Reports", "Manifests",
                "JobReports", "OperatingSystem", "ForeignText", "CLinux", "Digests", "Executors", "ModelFiles",
                subprocess,
            ]),
        .executableTarget(
            name: "lorad",
            dependencies: [
                "Common", "Worker", "Ledger", "Webhooks", "Views", "Pipeline", "Publication", "Registry", "Reports",
                "JobReports", "Manifests", "OperatingSystem", "Evaluation", "Training", "Adapters", "Transformers",
                "Datasets", "Tokenizers", "ModelFiles", "Tensors", "Executors",
                "ForeignText", "Digests",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swiftSettings
        ),
        // Its malloc is that of every executable that links it; no module of the house may.
        .target(
            name: "CHeapCalls", path: "Tests/CHeapCalls",
            cSettings: [.unsafeFlags(["-O3", "-g0", "-Wall", "-Werror"])]),
        .target(
            name: "TestSupport", dependencies: ["Adapters", "Transformers", "Tokenizers", "ModelFiles", "Tensors"],
            path: "Tests/Support", swiftSettings: swiftSettings),
        .target(
            name: "LedgerSupport", dependencies: ["JobReports", "Ledger", "OperatingSystem"],
            path: "Tests/LedgerSupport",
            swiftSettings: swiftSettings),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Common", "Compression", "Tensors", "ModelFiles", "Tokenizers", "Datasets", "Transformers", "Adapters",
                "Training",
                "Evaluation", "Manifests", "Reports", "Publication", "Pipeline", "OperatingSystem", "Ledger",
                "JobReports", "Webhooks", "Worker", "ForeignText", "Executors", "Digests",
            ],
            path: "Fuzz/Targets", swiftSettings: swiftSettings),
        .target(
            name: "ReportSupport", dependencies: ["Reports"], path: "Tests/ReportSupport", swiftSettings: swiftSettings),
        tests("FuzzTests", ["FuzzTargets"]),
        tests("CommonTests", ["TestSupport", "Common"]),
        tests("JobReportsTests", ["JobReports"]),
        tests("CompressionTests", ["Compression"]),
        tests("DigestsTests", ["TestSupport", "Digests"]),
        tests("ForeignTextTests", ["ForeignText"]),
        tests("TensorsTests", ["TestSupport", "Tensors", "CKernels"]),
        tests("ModelFilesTests", ["TestSupport", "Common", "Transformers", "ModelFiles", "Tensors"]),
        tests(
            "TokenizersTests",
            ["TestSupport", "Common", "Transformers", "Datasets", "Tokenizers", "ModelFiles", "Tensors"]),
        tests("DatasetsTests", ["TestSupport", "Datasets", "Tokenizers", "ModelFiles"]),
        tests("TransformersTests", ["TestSupport", "Transformers", "Tokenizers", "ModelFiles", "Tensors"]),
        tests("AdaptersTests", ["TestSupport", "Adapters", "Transformers", "ModelFiles", "Tensors"]),
        tests(
            "TrainingTests",
            [
                "TestSupport", "CHeapCalls", "Digests", "Training", "Adapters", "Transformers", "Datasets",
                "Tokenizers", "ModelFiles", "Tensors",
            ]),
        tests(
            "EvaluationTests",
            [
                "TestSupport", "Evaluation", "Adapters", "Transformers", "Datasets", "Tokenizers", "ModelFiles",
                "Tensors",
            ]),
        tests("ManifestsTests", ["TestSupport", "AdapterKinds", "Manifests"]),
        tests("ReportsTests", ["ReportSupport", "Reports"]),
        tests(
            "RegistryTests",
            [
                "TestSupport", "LedgerSupport", "ReportSupport", "Registry", "Ledger", "Publication", "Reports",
                "Manifests", "Common", "Digests",
            ]),
        tests("PublicationTests", ["TestSupport", "ReportSupport", "Publication", "Reports", "Common", "Digests"]),
        tests(
            "PipelineTests",
            [
                "TestSupport", "ReportSupport", "AdapterKinds", "Pipeline", "Reports", "Publication", "Manifests",
                "ForeignText", "Training",
                "JobReports",
                "Evaluation", "Adapters", "Transformers", "Datasets", "Tokenizers", "ModelFiles", "Tensors",
            ]),
        tests(
            "ExecutorsTests",
            [
                "lorad", "TestSupport", "Common", "LedgerSupport", "JobReports", "Executors", "Pipeline", "Reports",
                "ModelFiles",
                "Manifests", "OperatingSystem",
            ]),
        tests("LedgerTests", ["JobReports", "TestSupport", "LedgerSupport", "Ledger", "OperatingSystem", grdb]),
        tests(
            "ViewsTests",
            ["JobReports", "ReportSupport", "Views", "Publication", "Reports", "Ledger", "OperatingSystem"]),
        tests("WebhooksTests", ["JobReports", "LedgerSupport", "Webhooks", "Ledger", "Manifests", "OperatingSystem"]),
        tests(
            "WorkerTests",
            [
                "TestSupport", "LedgerSupport", "ReportSupport", "Worker", "Webhooks", "Ledger", "OperatingSystem",
                "Pipeline", "JobReports", "Publication", "Registry", "Reports", "ModelFiles", "Manifests",
                "ForeignText",
                "Executors", grdb,
            ]),
        tests(
            "LoradTests",
            [
                "lorad", "Common", "Worker", "Ledger", "Views", "OperatingSystem", "Pipeline", "Publication",
                "Manifests", "Evaluation", "JobReports", "Training", "Datasets", "Adapters", "Transformers",
                "Tokenizers", "ModelFiles", "Tensors",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        tests(
            "EndToEnd",
            ["TestSupport", "Manifests", "ModelFiles", "Tensors", "OperatingSystem", "Executors", "Worker", "lorad"]),
    ] + (wantsBenchmarks ? benchmarkTargets : []) + (wantsFuzzer ? fuzzerTargets : [])
)
