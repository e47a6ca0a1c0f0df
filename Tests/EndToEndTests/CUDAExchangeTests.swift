import Foundation
import RunRecords
import TestSupport
import Testing

/// Tests of the gradient exchange between ranks on GPUs.
@Suite struct CUDAExchangeTests {
  /// The variables for a driver that runs kernels on the CPU (Tests/FakeCUDA).
  ///
  /// - Parameter isAware: whether the same library also acts as an MPI library that supports the
  ///   memory of this driver.
  private static func environment(
    isAware: Bool = false, _ more: [String: String] = [:]
  ) throws -> [String: String] {
    let library = try MPIRun.path(of: "libFakeCUDA.so")
    let aware =
      isAware ? ["LD_PRELOAD": library, "FAKE_MPI_CUDA_AWARE": "1", "FAKE_CUDA_OPEN": "1"] : [:]
    return aware.merging(more) { $1 }.merging(["MNIST_MPI_CUDA": library]) { $1 }
  }

  /// Runs on GPUs and compares the losses with those of the same work on the CPU.
  private func expectTheLossesOfTheCPU(
    ranks: Int, _ options: [String], work: [String], environment: [String: String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> (run: ProcessResult, record: RunRecord) {
    let data = try CUDATests.small.write()
    let work = ["--seed", "3", "--steps", "8"] + work
    let cpu = try await Program.succeed(
      ranks: 1, CUDATests.arguments(data, ["--device", "cpu"] + work))
    let run = try await Program.succeed(
      ranks: ranks, CUDATests.arguments(data, ["--device", "cuda"] + options + work),
      environment: environment)
    let (losses, expected) = (Program.losses(run), Program.losses(cpu))
    #expect(losses.count == expected.count && !expected.isEmpty, sourceLocation: sourceLocation)
    for (loss, expectedLoss) in zip(losses, expected) {
      #expect(abs(loss - expectedLoss) < 2e-4, sourceLocation: sourceLocation)
    }
    let record = try #require(
      Program.records(in: data.path("results")).first { $0.config.device == "cuda" })
    return (run, record)
  }

  /// Buckets do not change the results, also if ranks have no samples in a batch.
  @Test(arguments: [(2, 1, 50), (3, 1, 2), (2, 2, 2), (3, 0, 50)])
  func bucketsDoNotChangeTheLosses(ranks: Int, bucket: Int, batch: Int) async throws {
    let (run, record) = try await expectTheLossesOfTheCPU(
      ranks: ranks, ["--bucket-kib", "\(bucket)"], work: ["--batch-size", "\(batch)"],
      environment: Self.environment())
    let bytes = bucket == 0 ? nil : bucket * 1024
    #expect(record.config.bucketBytes == bytes)
    #expect(run.stdout.contains("backward: without the time in which gradients") == (bytes != nil))
    // Each phase is valid, and their sum is no more than the training time.
    for rank in record.ranks {
      #expect(Phase.allCases.allSatisfy { rank.phases[$0] >= 0 })
      #expect(rank.phases.training <= rank.trainingSeconds * 1.001)
    }
  }

  /// If launches of a graph do not reset its events, the host waits for the end of the graph.
  @Test func staleEventsAreDetected() async throws {
    _ = try await expectTheLossesOfTheCPU(
      ranks: 2, [], work: [], environment: Self.environment(["FAKE_CUDA_STALE_EVENTS": "1"]))
  }

  /// An MPI library that supports the GPU's memory is used by default, and if it is requested.
  @Test(arguments: [(2, []), (3, ["--sync", "cuda-aware"]), (2, ["--sync", "auto"])])
  func aCUDAAwareMPIExchangesInGPUMemory(ranks: Int, sync: [String]) async throws {
    let (run, record) = try await expectTheLossesOfTheCPU(
      ranks: ranks, ["--bucket-kib", "1"] + sync, work: ["--batch-size", "20"],
      environment: Self.environment(isAware: true))
    #expect(record.result.replicasEqual)
    if sync.last == "auto" {
      #expect(run.stdout.contains("(tried, a step: "))
    } else {
      #expect(run.stdout.contains("\nSync: cuda-aware\n"))
      #expect(record.config.sync == "cuda-aware")
    }
  }

  /// MPI libraries that cannot exchange in GPU memory, and the printed reason.
  static let unsuitable: [(environment: [String: String], isAware: Bool, reason: String)] = [
    ([:], false, "reports that it does not support GPU memory"),
    (
      ["FAKE_MPI_SPOILS": "1"], true,
      "reports that it supports GPU memory, but summed 1782 numbers there incorrectly"
    ),
  ]

  /// The default uses the host's memory instead; a request for `cuda-aware` is refused.
  @Test(arguments: unsuitable)
  func theReasonForHostMemoryIsPrinted(
    mpi: (environment: [String: String], isAware: Bool, reason: String)
  ) async throws {
    let data = try CUDATests.small.write()
    let environment = try Self.environment(isAware: mpi.isAware, mpi.environment)
    let run = try await Program.succeed(
      ranks: 2, CUDATests.arguments(data, ["--device", "cuda", "--steps", "2"]),
      environment: environment)
    #expect(run.stdout.contains("Sync: allreduce through memory of the host ("))
    #expect(run.stdout.contains(mpi.reason))
    try await CUDATests.expectRefusal(
      ranks: 2, ["--device", "cuda", "--sync", "cuda-aware"], environment: environment,
      naming: ["--sync cuda-aware: not available: ", mpi.reason, "--sync allreduce"])
  }

  /// If the MPI library crashes on GPU memory, the job ends with one line before the training.
  @Test func aCrashOfMPIIsExplained() async throws {
    let data = try CUDATests.small.write()
    let library = try MPIRun.path(of: "libFakeCUDA.so")
    let run = try await Program.run(
      ranks: 2, CUDATests.arguments(data, ["--device", "cuda"]),
      environment: Self.environment(["LD_PRELOAD": library, "FAKE_MPI_CUDA_AWARE": "1"]))
    #expect(run.exitCode != 0 && !run.timedOut, "\(run.report)")
    #expect(run.stderr.contains("and crashed on it: use --sync allreduce"), "\(run.report)")
    #expect(!run.stdout.contains("Train Epoch"))
  }
}
