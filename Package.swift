// swift-tools-version: 6.2
import PackageDescription

// The scripts in jobs/ pass the git revision, so that a record can say which program made it.
// Without it (a plain `swift build`) a record names the program by the hash of its executable
// alone.
let revision = Context.environment["MNIST_MPI_REVISION"] ?? ""
// The pkg-config module of the MPI library. Debian's `mpi-c` is the MPI that `mpicc` is; other MPIs
// have names of their own, such as `mpich`. The scripts choose it by `MPI=`.
let mpi = Context.environment["MNIST_MPI_PKG_CONFIG"] ?? "mpi-c"

let package = Package(
  name: "mnist-mpi",
  products: [
    .executable(name: "mnist-mpi", targets: ["mnist-mpi"]),
    .library(name: "MessagePassing", targets: ["MessagePassing"]),
    // A driver without a GPU, which tests open as they would the real one.
    .library(name: "FakeCUDA", type: .dynamic, targets: ["FakeCUDA"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/ordo-one/TextTable", exact: "0.0.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
  ],
  targets: [
    // System library targets: the C libraries, through pkg-config.
    .systemLibrary(name: "CMPI", pkgConfig: mpi, providers: [.apt(["libopenmpi-dev"])]),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

    // Modules that import no other module of this package.
    .target(name: "VectorKernels", exclude: ["README.md"]),
    .target(name: "CUDADriver", exclude: ["README.md"]),
    .target(
      name: "ProgramRevision",
      cSettings: [.define("MNIST_MPI_REVISION", to: "\"\(revision)\"")]),
    .target(name: "MPILaunchers", exclude: ["README.md"]),
    .target(
      name: "MessagePassing", dependencies: ["CMPI", "MPILaunchers"], exclude: ["README.md"]),
    .target(name: "Hashing", dependencies: ["CCrypto"], exclude: ["README.md"]),
    .target(name: "CounterRandom", exclude: ["README.md"]),
    .target(name: "SystemSupport", exclude: ["README.md"]),
    .target(name: "Safetensors", exclude: ["README.md"]),
    .target(name: "Statistics", exclude: ["README.md"]),
    .target(
      name: "TextTables", dependencies: [.product(name: "TextTable", package: "TextTable")],
      exclude: ["README.md"]),
    .target(name: "Charts", exclude: ["README.md"]),
    .target(
      name: "ChildProcesses",
      dependencies: [.product(name: "Subprocess", package: "swift-subprocess")],
      exclude: ["README.md"]),
    .target(
      name: "ImageFiles", dependencies: ["CPNG", "SystemSupport"], exclude: ["README.md"]),
    .target(
      name: "Predictions", dependencies: ["SystemSupport", "TextTables"], exclude: ["README.md"]),

    // The modules of the program, each after those that it imports.
    .target(
      name: "Dataset", dependencies: ["CZlib", "CounterRandom", "Hashing", "SystemSupport"],
      exclude: ["README.md"]),
    .target(
      name: "NeuralNetwork", dependencies: ["CounterRandom"], exclude: ["README.md"]),
    .target(
      name: "SavedModels", dependencies: ["NeuralNetwork", "Safetensors", "SystemSupport"],
      exclude: ["README.md"]),
    .target(
      name: "OpenBLASEngine", dependencies: ["NeuralNetwork", "COpenBLAS", "VectorKernels"],
      exclude: ["README.md"]),
    .target(
      name: "CUDAEngine", dependencies: ["NeuralNetwork", "CUDADriver"], exclude: ["README.md"],
      // The kernels' text is part of the program: no file has to be found when it runs.
      resources: [
        .embedInCode("Kernels/common.cuh"), .embedInCode("Kernels/shapes.cuh"),
        .embedInCode("Kernels/tile.cuh"), .embedInCode("Kernels/sums.cuh"),
        .embedInCode("Kernels/operands.cuh"), .embedInCode("Kernels/finish.cuh"),
        .embedInCode("Kernels/product.cuh"), .embedInCode("Kernels/products.cuh"),
        .embedInCode("Kernels/base.cuh"), .embedInCode("Kernels/elementwise.cuh"),
        .embedInCode("Kernels/loss.cuh"), .embedInCode("Kernels/update.cuh"),
      ]),
    .target(
      name: "RunRecords", dependencies: ["Statistics", "SystemSupport"], exclude: ["README.md"]),
    .target(
      name: "HostInspection",
      dependencies: ["MPILaunchers", "RunRecords", "SystemSupport", "TextTables"],
      exclude: ["README.md"]),
    .target(
      name: "ScalingComparison",
      dependencies: ["MPILaunchers", "RunRecords", "Statistics", "SystemSupport", "TextTables"],
      exclude: ["README.md"]),
    .target(
      name: "Benchmarks",
      dependencies: ["RunRecords", "Statistics", "SystemSupport", "TextTables"],
      exclude: ["README.md"]),
    .target(
      name: "ScalingProjection",
      dependencies: [
        "ChildProcesses", "RunRecords", "ScalingComparison", "Statistics", "SystemSupport",
        "TextTables",
      ], exclude: ["README.md", "FORMULAS.md"]),
    .target(
      name: "ScalingStudy",
      dependencies: [
        "RunRecords", "ScalingComparison", "Statistics", "SystemSupport", "TextTables",
        "MPILaunchers", "CounterRandom", "Charts", "ChildProcesses", "ScalingProjection",
        .product(name: "Yams", package: "Yams"),
        .product(name: "Mustache", package: "swift-mustache"),
      ], exclude: ["README.md"],
      // The page is part of the program: no file has to be found when it runs.
      resources: [.embedInCode("Page/report.mustache")]),
    .target(
      name: "DataParallel",
      dependencies: [
        "MessagePassing", "Hashing", "Safetensors", "Dataset", "NeuralNetwork", "RunRecords",
        "Statistics", "SystemSupport",
      ],
      exclude: ["README.md"]),
    .executableTarget(
      name: "mnist-mpi",
      dependencies: [
        "MessagePassing", "Dataset", "NeuralNetwork", "OpenBLASEngine", "CUDAEngine",
        "DataParallel", "RunRecords", "HostInspection", "ScalingComparison", "ScalingStudy",
        "ScalingProjection", "ChildProcesses", "Benchmarks", "MPILaunchers", "SavedModels",
        "ImageFiles", "Predictions",
        "Statistics", "TextTables", "SystemSupport", "Hashing", "ProgramRevision",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], exclude: ["README.md"]),

    // Tests. `RankChecks` is the program that the rank tests start under mpirun.
    .target(
      name: "TestSupport",
      dependencies: ["Dataset", "NeuralNetwork", "RunRecords", "Statistics", "ScalingComparison"],
      path: "Tests/Support"),
    .target(
      name: "FakeCUDA", dependencies: ["CUDADriver"], path: "Tests/FakeCUDA", exclude: ["README.md"]
    ),
    .executableTarget(
      name: "rank-checks",
      dependencies: [
        "MessagePassing", "Dataset", "NeuralNetwork", "OpenBLASEngine", "DataParallel",
        "RunRecords", "SystemSupport", "TestSupport",
      ],
      path: "Tests/RankChecks"),
    .testTarget(name: "RankTests", dependencies: ["TestSupport", "rank-checks"]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "TestSupport", "mnist-mpi", "CUDAEngine", "OpenBLASEngine", "RunRecords", "HostInspection",
        "Benchmarks", "ScalingComparison", "Statistics", "Hashing",
      ]),
    .testTarget(name: "MPILaunchersTests", dependencies: ["MPILaunchers", "TestSupport"]),
    .testTarget(name: "MessagePassingTests", dependencies: ["MessagePassing"]),
    .testTarget(name: "HashingTests", dependencies: ["Hashing"]),
    .testTarget(name: "CounterRandomTests", dependencies: ["CounterRandom"]),
    .testTarget(
      name: "SavedModelsTests", dependencies: ["SavedModels", "NeuralNetwork", "TestSupport"]),
    .testTarget(name: "ImageFilesTests", dependencies: ["ImageFiles", "Hashing", "TestSupport"]),
    .testTarget(name: "PredictionsTests", dependencies: ["Predictions"]),
    .testTarget(
      name: "DatasetTests", dependencies: ["Dataset", "CounterRandom", "Hashing", "TestSupport"]),
    .testTarget(
      name: "NeuralNetworkTests", dependencies: ["NeuralNetwork", "Hashing", "TestSupport"]),
    .testTarget(
      name: "VectorKernelsTests", dependencies: ["VectorKernels", "NeuralNetwork", "TestSupport"]),
    .testTarget(
      name: "OpenBLASEngineTests",
      dependencies: ["OpenBLASEngine", "NeuralNetwork", "Dataset", "TestSupport"]),
    .testTarget(
      name: "CUDAEngineTests",
      dependencies: ["CUDAEngine", "NeuralNetwork", "Dataset", "TestSupport"]),
    .testTarget(name: "SystemSupportTests", dependencies: ["SystemSupport", "TestSupport"]),
    .testTarget(name: "SafetensorsTests", dependencies: ["Safetensors"]),
    .testTarget(name: "StatisticsTests", dependencies: ["Statistics", "TestSupport"]),
    .testTarget(name: "TextTablesTests", dependencies: ["TextTables"]),
    .testTarget(name: "ChartsTests", dependencies: ["Charts"]),
    .testTarget(
      name: "RunRecordsTests", dependencies: ["RunRecords", "Statistics", "TestSupport"]),
    .testTarget(
      name: "HostInspectionTests",
      dependencies: ["HostInspection", "MPILaunchers", "RunRecords", "TestSupport"]),
    .testTarget(
      name: "ScalingComparisonTests",
      dependencies: ["ScalingComparison", "RunRecords", "Statistics", "TestSupport"]),
    .testTarget(
      name: "ScalingStudyTests",
      dependencies: [
        "ScalingStudy", "ScalingComparison", "ScalingProjection", "MPILaunchers", "ChildProcesses",
        "RunRecords", "Statistics", "TestSupport",
      ]),
    .testTarget(
      name: "ScalingProjectionTests",
      dependencies: ["ScalingProjection", "RunRecords", "TestSupport"]),
    .testTarget(
      name: "BenchmarksTests",
      dependencies: ["Benchmarks", "RunRecords", "Statistics", "SystemSupport", "TestSupport"]),
    .testTarget(
      name: "DataParallelTests",
      dependencies: [
        "DataParallel", "Dataset", "NeuralNetwork", "RunRecords", "Safetensors", "TestSupport",
      ]),
  ],
  swiftLanguageModes: [.v6]
)
