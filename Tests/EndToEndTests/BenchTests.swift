import Benchmarks
import Foundation
import Statistics
import TestSupport
import Testing

/// Tests of `mnist-mpi bench`: its output, not its speed.
@Suite struct BenchTests {
  private static func report(_ arguments: [String]) async throws -> BenchReport {
    let result = try await Program.succeed(
      ranks: nil, ["bench", "--json", "--repeats", "3"] + arguments)
    #expect(result.stderr == "")
    return try JSONDecoder().decode(BenchReport.self, from: Data(result.stdout.utf8))
  }

  @Test func numbersArePositiveAndAddUp() async throws {
    let report = try await Self.report(["--model", "mlp"])
    #expect(report.work.model == "mlp" && report.work.batch == 64 && report.work.threads == 1)
    #expect(report.limits.count == 4 && report.limits[0].name == "multiply-adds in registers")
    #expect(!report.host.instructionSet.isEmpty && report.host.clockGHz > 0.1)
    let names = report.parts.map(\.name)
    #expect(
      names == [
        "load", "forward", "fc1, relu", "fc2, relu", "fc3", "softmax, loss", "backward", "fc3",
        "fc2, relu", "fc1, relu", "update", "rest",
      ])
    for line in report.limits + report.parts + [report.step] where line.name != "rest" {
      #expect(line.repeats.count == 3 && line.repeats.allSatisfy { $0 > 0 }, "\(line.name)")
      #expect(line.seconds == Distribution(line.repeats))
    }
    for index in 0..<3 {
      let stages = report.parts.filter(\.isWithinPhase).reduce(0) { $0 + $1.repeats[index] }
      #expect(stages < report.step.repeats[index])
      let phases = report.parts.filter { !$0.isWithinPhase }.reduce(0) { $0 + $1.repeats[index] }
      #expect(abs(phases - report.step.repeats[index]) < 1e-9)
    }
    #expect(abs((report.step.gflop ?? 0) - 64 * 3.209216e-3) < 1e-12)
    let median = try #require(report.step.seconds.median)
    #expect(abs((report.imagesPerSecond ?? 0) * median / 64 - 1) < 1e-12)
  }

  @Test func anotherModelAndTwoThreads() async throws {
    let report = try await Self.report([
      "--model", "conv3x3:8,relu,conv3x3:16,relu,maxpool2,fc:classes", "--batch-size", "6",
      "--threads", "2",
    ])
    #expect(report.work.layers == "conv3x3:8,relu,conv3x3:16,relu,maxpool2,fc:10")
    let forward = report.parts.filter { $0.phase == "forward" && $0.isWithinPhase }
    #expect(
      forward.map(\.name) == [
        "transform weights", "conv1, relu", "conv2, relu, maxpool2", "fc1", "softmax, loss",
      ])
    #expect(forward.map(\.method) == ["", "direct", "winograd", "product", ""])
  }

  @Test func imagesOfThreeChannels() async throws {
    let report = try await Self.report([
      "--model", "conv3x3:8,relu,fc:classes", "--image", "9x8x3", "--batch-size", "5",
    ])
    #expect(report.work.image == "9x8x3" && report.work.parameters == 27 * 8 + 8 + 336 * 10 + 10)
    #expect(report.parts.first { $0.name == "conv1, relu" }?.method == "direct")
  }

  @Test func textNamesTheMachine() async throws {
    let result = try await Program.succeed(
      ranks: 2, ["bench", "--model", "mlp", "--hidden", "32", "--repeats", "1"])
    #expect(result.stdout.components(separatedBy: "Machine: ").count == 2, "printed by one rank")
    for word in ["OpenBLAS", "binding: ", "sgemm 1024x1024x1024", "fc2", "images/s"] {
      #expect(result.stdout.contains(word), "\(word)")
    }
  }

  static let impossible: [([String], [String])] = [
    (["--batch-size", "0"], ["--batch-size 0", "expected"]),
    (["--repeats", "-1"], ["--repeats -1", "expected"]),
    (["--threads", "0"], ["--threads 0", "expected"]),
    (["--hidden", "20"], ["--hidden", "--model mlp"]),
    (["--model", "conv3x3"], ["'conv3x3'"]),
    (["--model", "maxpool2"], ["fc:10"]),
    (["--convolution", "fft"], ["fft"]), (["--image", "8x8x5"], ["--image", "8x8x5"]),
    (["--epochs", "2"], ["--epochs"]),
  ]

  @Test(arguments: impossible)
  func badOptions(_ bad: (arguments: [String], named: [String])) async throws {
    let result = try await Program.run(ranks: nil, ["bench"] + bad.arguments, timeout: 30)
    #expect(result.exitCode == 64 && !result.timedOut, "\(result.report)")
    #expect(result.stdout == "")
    let lines = result.errorLines(of: "mnist-mpi")
    #expect(lines.count == 1, "\(result.report)")
    for word in bad.named + ["mnist-mpi bench --help"] {
      #expect(lines.first?.contains(word) == true, "\(word): \(lines)")
    }
  }
}
