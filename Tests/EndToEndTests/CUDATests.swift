import Benchmarks
import Foundation
import RunRecords
import TestSupport
import Testing

/// Tests of `--device`, with a driver that runs kernels on the CPU (Tests/FakeCUDA).
@Suite struct CUDATests {
  static let small = IDXFixture(trainingCount: 300, testCount: 100, height: 10, width: 10)
  static let model = "conv3x3:6,relu,maxpool2,fc:16,relu,fc:classes"

  private static func environment(_ more: [String: String] = [:]) throws -> [String: String] {
    more.merging(["MNIST_MPI_CUDA": try MPIRun.path(of: "libFakeCUDA.so")]) { $1 }
  }

  static func arguments(_ data: TemporaryDirectory, _ more: [String]) -> [String] {
    [
      "--data", data.path, "--model", model, "--batch-size", "50", "--threads", "1",
      "--log-interval", "1", "--results", data.path("results"),
    ] + more
  }

  /// A GPU has a copy of the images, which each epoch replaces.
  @Test(arguments: [nil, 2]) func shiftedImagesReachTheGPU(ranks: Int?) async throws {
    let data = try Self.small.write()
    let options = ["--shift", "2", "--epochs", "2", "--optimizer", "sgd"]
    let cpu = try await Program.succeed(
      ranks: 1, Self.arguments(data, options + ["--device", "cpu"]))
    let gpu = try await Program.succeed(
      ranks: ranks, Self.arguments(data, options + ["--device", "cuda"]),
      environment: Self.environment())
    let (expected, losses) = (Program.losses(cpu), Program.losses(gpu))
    #expect(losses.count == 12 && expected.count == 12)
    for (loss, expectedLoss) in zip(losses, expected) { #expect(abs(loss - expectedLoss) < 2e-4) }
  }

  /// A run on the CPU and on GPUs: same work, same losses except for rounding, separate records.
  @Test(arguments: [nil, 1, 2, 3])
  func aRunOnGPUsHasTheLossesOfTheCPU(ranks: Int?) async throws {
    let data = try Self.small.write()
    let cpu = try await Program.succeed(
      ranks: 1, Self.arguments(data, ["--device", "cpu", "--seed", "3"]))
    let run = try await Program.succeed(
      ranks: ranks, Self.arguments(data, ["--device", "cuda", "--seed", "3"]),
      environment: Self.environment())
    let (expected, losses) = (Program.losses(cpu), Program.losses(run))
    #expect(losses.count == 12 && expected.count == 12)
    for (loss, expectedLoss) in zip(losses, expected) { #expect(abs(loss - expectedLoss) < 2e-4) }

    let records = try Program.records(in: data.path("results"))
    let record = try #require(records.first { $0.config.device == "cuda" })
    let cpuRecord = try #require(records.first { $0.config.device == "cpu" })
    #expect(record.workHash == cpuRecord.workHash)
    #expect(record.result.replicasEqual && record.result.steps == 12)
    #expect(record.machine.cuda?.hasPrefix("driver for CUDA ") == true)
    #expect(cpuRecord.machine.cuda == nil)
    let size = ranks ?? 1
    let devices = record.ranks.map(\.device)
    #expect(devices.count == size && Set(devices).count == size)
    for (rank, device) in devices.enumerated() {
      #expect(device.hasPrefix("cuda GPU-") && device.hasSuffix("Fake GPU \(rank)"))
    }
    // A single rank runs whole steps on its GPU.
    let fused: [Phase] = size == 1 ? [.load, .forward, .backward, .update] : [.load, .forward]
    #expect(record.ranks.allSatisfy { $0.fusedPhases == fused && $0.phases.load < 0.1 })
    if size == 1 {
      #expect(record.ranks[0].phases.backward == 0 && record.ranks[0].phases.update > 0)
    }
    let first = run.stdout.split(separator: "\n").first ?? ""
    #expect(first.hasPrefix("Using device: cuda (Fake GPU 0, 16 GiB"))
    #expect(!first.contains("shared"))
    let phases = size == 1 ? "update: with load, forward, backward" : "forward: with load"
    #expect(run.stdout.contains("\n\(phases), together on the device."))
    if size > 1 {
      #expect(run.stdout.contains("no one-rank run"))
      #expect(
        run.stdout.range(
          of: "Sync: allreduce through memory of the host \\(.* does not support GPU memory\\)\n",
          options: .regularExpression) != nil)
    }
  }

  @Test func autoUsesGPUsIfAllRanksHaveOne() async throws {
    let data = try Self.small.write()
    let run = try await Program.succeed(
      ranks: 2, Self.arguments(data, ["--steps", "1"]), environment: Self.environment())
    #expect(run.stdout.hasPrefix("Using device: cuda (Fake GPU 0, 16 GiB, Fake GPU 1, 16 GiB)"))
  }

  @Test func ranksThatShareAGPUAreMarked() async throws {
    let data = try Self.small.write()
    let run = try await Program.succeed(
      ranks: 3, Self.arguments(data, ["--steps", "2"]),
      environment: Self.environment(["FAKE_CUDA_DEVICES": "2"]))
    #expect(run.stdout.contains("shared device: 3 ranks on 2 GPUs"))
    let record = try #require(Program.records(in: data.path("results")).first)
    let shared = record.ranks.map { $0.device.hasSuffix(", shared device") }
    #expect(shared == [true, false, true])
    #expect(record.ranks[0].device == record.ranks[2].device)
  }

  /// Drivers without a suitable GPU, and the printed reason for the CPU.
  static let unavailable: [(environment: [String: String], reason: String)] = [
    (["MNIST_MPI_CUDA": "/no/libcuda.so.1"], "/no/libcuda.so.1: cannot open shared object file"),
    (
      ["FAKE_CUDA_DEVICES": "0"],
      "cuInit failed: CUDA_ERROR_NO_DEVICE, no CUDA-capable device is detected (code 100)"
    ),
    (
      ["FAKE_CUDA_CAPABILITY": "7.0"],
      "Fake GPU 0 has compute capability 7.0; float32 needs 7.5 or newer"
    ),
    (
      ["FAKE_CUDA_FAIL": "cuModuleLoadData:2:1"],
      "cuModuleLoadData failed: CUDA_ERROR_OUT_OF_MEMORY, out of memory (code 2)"
    ),
  ]

  @Test(arguments: unavailable, [1, 2])
  func withoutAGPUTheReasonIsPrinted(
    driver: (environment: [String: String], reason: String), ranks: Int
  ) async throws {
    let data = try Self.small.write()
    let environment =
      try driver.environment["MNIST_MPI_CUDA"] == nil
      ? Self.environment(driver.environment) : driver.environment
    let auto = try await Program.succeed(
      ranks: ranks, Self.arguments(data, ["--steps", "1"]), environment: environment)
    #expect(auto.stdout.hasPrefix("Using device: cpu (no CUDA: \(driver.reason)"))
    try await Self.expectRefusal(
      ranks: ranks, ["--device", "cuda"], environment: environment,
      naming: ["--device cuda: not available: \(driver.reason)"])
  }

  /// Options that exclude GPUs or the CPU, and words of the error.
  static let contradictions: [(arguments: [String], named: [String])] = [
    (["--device", "cuda", "--sync", "node"], ["--sync node", "--device cuda", "allreduce"]),
    (["--device", "cuda", "--reproducible"], ["--reproducible", "--device cuda"]),
    (["--device", "cuda", "--convolution", "winograd"], ["--convolution winograd"]),
    (["--device", "cpu", "--precision", "tf32"], ["--precision tf32", "float32"]),
    (["--device", "cpu", "--sync", "cuda-aware"], ["--sync cuda-aware", "--device cuda"]),
    (["--device", "cpu", "--bucket-kib", "8"], ["--bucket-kib 8", "--device cuda"]),
    (["--sync", "node", "--precision", "tf32"], ["--precision tf32", "--sync node"]),
  ]

  @Test(arguments: contradictions, [1, 2])
  func contradictoryOptionsAreNamed(
    _ options: (arguments: [String], named: [String]), ranks: Int
  ) async throws {
    try await Self.expectRefusal(
      ranks: ranks, options.arguments, environment: Self.environment(), naming: options.named)
  }

  @Test func autoUsesTheCPUForOptionsOfTheCPU() async throws {
    let data = try Self.small.write()
    let run = try await Program.succeed(
      ranks: 2, Self.arguments(data, ["--steps", "1", "--sync", "node"]),
      environment: Self.environment())
    #expect(run.stdout.hasPrefix("Using device: cpu (--sync node works only on the CPU)"))
  }

  @Test(arguments: ["tf32", "bfloat16"])
  func precisionIsPartOfTheWork(precision: String) async throws {
    let data = try Self.small.write()
    let arguments = ["--device", "cuda", "--steps", "2", "--precision"]
    for precision in ["float32", precision] {
      _ = try await Program.succeed(
        ranks: 1, Self.arguments(data, arguments + [precision]), environment: Self.environment())
    }
    let records = try Program.records(in: data.path("results"))
    #expect(Set(records.map(\.work.precision)) == ["float32", precision])
    #expect(Set(records.map(\.workHash)).count == 2)
  }

  /// A GPU fails while other ranks wait: the error names call, reason and rank, and all ranks end.
  @Test(
    arguments: [("cuGraphLaunch", 9), ("cuLaunchKernel", 30), ("cuMemAlloc_v2", 9)], [1, 3])
  func aGPUThatFailsEndsTheJob(failing: (call: String, number: Int), ranks: Int) async throws {
    let data = try Self.small.write()
    let run = try await Program.run(
      ranks: ranks, Self.arguments(data, ["--device", "cuda"]),
      environment: Self.environment(["FAKE_CUDA_FAIL": "\(failing.call):2:\(failing.number)"]))
    #expect(run.exitCode != 0 && !run.timedOut, "\(run.report)")
    let call = failing.call.split(separator: "_").first.map(String.init) ?? ""
    #expect(run.stderr.contains("\(call) failed: CUDA_ERROR_OUT_OF_MEMORY, out of memory (code 2)"))
    #expect(run.stderr.contains("rank "), "\(run.report)")
    #expect(try Program.records(in: data.path("results")).isEmpty)
  }

  /// The comparison of replicas finds a bit that is flipped in the GPU memory of one rank.
  @Test func aFlippedBitIsFound() async throws {
    let data = try Self.small.write()
    let run = try await Program.run(
      ranks: 2,
      Self.arguments(
        data, ["--device", "cuda", "--check-replicas", "2", "--inject", "corrupt:rank1@step3:20"]),
      environment: Self.environment())
    #expect(run.exitCode == 1 && !run.timedOut, "\(run.report)")
    #expect(run.stderr.contains("step 4: the replicas are no longer equal"), "\(run.report)")
    #expect(run.stderr.contains("conv1.weight"))
  }

  @Test func theBenchChecksAndMeasuresAGPU() async throws {
    let run = try await Program.succeed(
      ranks: nil,
      [
        "bench", "gpu", "--quick", "--repeats", "1", "--gpu", "2", "--model",
        "fc:6,relu,fc:classes",
        "--batch-size", "4",
      ], environment: Self.environment())
    #expect(run.stdout.hasPrefix("GPU: Fake GPU 2, 16 GiB, compute capability 8.9"))
    #expect(run.stdout.contains("Checks: 31 of 31 passed"), "\(run.report)")
    #expect(run.stdout.contains("steps in graphs:"))
  }

  @Test(arguments: ["checks", "limits", "steps", "products"])
  func theBenchRunsAndReportsOnePart(part: String) async throws {
    let run = try await Program.succeed(
      ranks: nil,
      [
        "bench", "gpu", "--quick", "--repeats", "1", "--model", "fc:6,relu,fc:classes",
        "--batch-size", "4", "--only", part, "--json",
      ], environment: Self.environment())
    let report = try JSONDecoder().decode(GPUReport.self, from: Data(run.stdout.utf8))
    #expect(report.device == "Fake GPU 0, 16 GiB" && report.precision == "float32")
    #expect(report.checks.count(where: \.isGood) == (part == "checks" ? 31 : 0))
    #expect((report.limits != nil) == (part == "limits"))
    #expect(report.networks.count == (part == "steps" || part == "products" ? 1 : 0))
    for network in report.networks {
      let steps = [network.graphStepSeconds, network.hostStepSeconds]
      #expect(steps.allSatisfy { ($0 != nil) == (part == "steps") && $0 ?? 1 > 0 })
      // Products for the outputs and weights of two layers, and for the inputs of the second one.
      #expect(network.products.count == (part == "products" ? 5 : 0))
    }
  }

  @Test func theBenchWithoutAGPUPrintsTheReason() async throws {
    let run = try await Program.run(
      ranks: nil, ["bench", "gpu"], environment: ["MNIST_MPI_CUDA": "/no/libcuda.so.1"])
    #expect(run.exitCode == 69)
    #expect(run.stdout.hasPrefix("no GPU: /no/libcuda.so.1: cannot open"))
    #expect(run.stderr.isEmpty)
  }

  static func expectRefusal(
    ranks: Int, _ arguments: [String], environment: [String: String], naming words: [String]
  ) async throws {
    let data = try Self.small.write()
    let run = try await Program.run(
      ranks: ranks, Self.arguments(data, arguments), environment: environment)
    #expect(run.exitCode == 64 && !run.timedOut, "\(run.report)")
    let lines = run.errorLines(of: "mnist-mpi")
    #expect(lines.count == 1, "\(run.report)")
    for word in words { #expect(lines.first?.contains(word) == true, "\(word): \(lines)") }
  }
}
