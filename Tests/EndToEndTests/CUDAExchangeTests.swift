import Foundation
import RunRecords
import TestSupport
import Testing

/// How ranks on devices bring their gradients together, from outside.
@Suite struct CUDAExchangeTests {
  /// A driver that runs kernels on the CPU and, for an MPI that knows its memory, that MPI's part.
  private static func environment(
    isAware: Bool = false, _ more: [String: String] = [:]
  ) throws -> [String: String] {
    let library = try MPIRun.path(of: "libFakeCUDA.so")
    let aware =
      isAware ? ["LD_PRELOAD": library, "FAKE_MPI_CUDA_AWARE": "1", "FAKE_CUDA_OPEN": "1"] : [:]
    return aware.merging(more) { $1 }.merging(["MNIST_MPI_CUDA": library]) { $1 }
  }

  /// A run on devices, whose losses are held against those of the same work on the CPU.
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
    let (losses, wanted) = (Program.losses(run), Program.losses(cpu))
    #expect(losses.count == wanted.count && !wanted.isEmpty, sourceLocation: sourceLocation)
    for (loss, other) in zip(losses, wanted) {
      #expect(abs(loss - other) < 2e-4, sourceLocation: sourceLocation)
    }
    let record = try #require(
      Program.records(in: data.path("results")).first { $0.config.device == "cuda" })
    return (run, record)
  }

  /// Buckets change nothing of the work, also where ranks have no samples in a batch.
  @Test(arguments: [(2, 1, 50), (3, 1, 2), (2, 2, 2), (3, 0, 50)])
  func bucketsChangeNothing(ranks: Int, bucket: Int, batch: Int) async throws {
    let (run, record) = try await expectTheLossesOfTheCPU(
      ranks: ranks, ["--bucket-kib", "\(bucket)"], work: ["--batch-size", "\(batch)"],
      environment: Self.environment())
    let bytes = bucket == 0 ? nil : bucket * 1024
    #expect(record.config.bucketBytes == bytes)
    #expect(run.stdout.contains("backward: what of it no exchange") == (bytes != nil))
    // Each phase by itself, and together no more than there was.
    for rank in record.ranks {
      #expect(Phase.allCases.allSatisfy { rank.phases[$0] >= 0 })
      #expect(rank.phases.training <= rank.trainingSeconds * 1.001)
    }
  }

  /// Events that say nothing of a graph's launch are found out: gradients are waited for all the same.
  @Test func eventsThatSayNothingAreNotBelieved() async throws {
    _ = try await expectTheLossesOfTheCPU(
      ranks: 2, [], work: [], environment: Self.environment(["FAKE_CUDA_STALE_EVENTS": "1"]))
  }

  /// An MPI that knows the device's memory is used without being asked for, and by name.
  @Test(arguments: [(2, []), (3, ["--sync", "cuda-aware"]), (2, ["--sync", "auto"])])
  func anAwareMPIExchangesOnTheDevice(ranks: Int, sync: [String]) async throws {
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

  /// What such an MPI may do wrong, and what is said of it; who has named the way gets no other.
  static let lacks: [(environment: [String: String], isAware: Bool, reason: String)] = [
    ([:], false, "says that it does not know GPUs' memory"),
    (
      ["FAKE_MPI_SPOILS": "1"], true,
      "says that it knows GPUs' memory, but summed 1782 numbers there wrongly"
    ),
  ]

  @Test(arguments: lacks)
  func aLackIsSaid(
    lack: (environment: [String: String], isAware: Bool, reason: String)
  ) async throws {
    let data = try CUDATests.small.write()
    let environment = try Self.environment(isAware: lack.isAware, lack.environment)
    let run = try await Program.succeed(
      ranks: 2, CUDATests.arguments(data, ["--device", "cuda", "--steps", "2"]),
      environment: environment)
    #expect(run.stdout.contains("Sync: allreduce through memory of the host ("))
    #expect(run.stdout.contains(lack.reason))
    try await CUDATests.expectRefusal(
      ranks: 2, ["--device", "cuda", "--sync", "cuda-aware"], environment: environment,
      naming: ["--sync cuda-aware: not available: ", lack.reason, "--sync allreduce"])
  }

  /// An MPI that crashes on the device's memory ends the job with a line, before anything is trained.
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
