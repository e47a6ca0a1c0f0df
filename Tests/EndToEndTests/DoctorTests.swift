import Foundation
import HostInspection
import TestSupport
import Testing

/// Tests of `mnist-mpi doctor`.
///
/// Other tests load the machine at the same time, so there may always be a finding about load.
/// Tests ignore it unless they create the load themselves.
@Suite struct DoctorTests {
  /// This machine's cores; tests need two.
  private static let cores = HostFacts.permittedCores()

  private static func diagnose(
    ranks: Int?, _ arguments: [String], prefix: [String] = []
  ) async throws -> (result: ProcessResult, diagnosis: Diagnosis) {
    let result = try await Program.run(
      ranks: ranks, ["doctor", "--json"] + arguments, prefix: prefix)
    try #require(
      !result.timedOut && result.errorLines(of: "mnist-mpi").isEmpty, "\(result.report)")
    let diagnosis = try JSONDecoder().decode(Diagnosis.self, from: Data(result.stdout.utf8))
    #expect(result.exitCode == (diagnosis.problemCount == 0 ? 0 : 1))
    return (result, diagnosis)
  }

  private static func problems(_ diagnosis: Diagnosis) -> [Finding] {
    diagnosis.findings.filter { $0.isProblem && $0.subject != .load }
  }

  @Test func twoRanksHaveACoreEach() async throws {
    let result = try await Program.run(ranks: 2, ["doctor", "--threads", "1"])
    let lines = result.stdout.split(separator: "\n").map(String.init)
    #expect(result.errorLines(of: "mnist-mpi").isEmpty)
    for start in [
      "ok       launcher: mpirun, 2 ranks on 1 node (",
      "ok       binding: every rank runs 1 thread on ",
      "ok       oversubscription: none; threads on cores: ", "ok       shared cores: none",
      "ok       device: cpu",
      "ok       network: none needed on one node" + (MPIRun.isHydra ? "" : ", loaded: btl/"),
      "ok       CUDA: \(MPIRun.isHydra ? "MPICH" : "Open MPI") ", "ok       shared memory: ",
      "ok       versions: program ",
    ] {
      #expect(lines.contains { $0.hasPrefix(start) }, "\(start)\n\(result.report)")
    }
    #expect(result.stdout.components(separatedBy: "load by others: ").count == 2)
    let isLoaded = lines.contains { $0.hasPrefix("warning  load by others: ") }
    let hasSmallPages = lines.contains { $0.hasPrefix("warning  huge pages: ") }
    let findings = (isLoaded ? 1 : 0) + (hasSmallPages ? 1 : 0)
    #expect(lines.last == (findings == 1 ? "1 finding" : "\(findings) findings"))
    #expect(result.exitCode == (findings > 0 ? 1 : 0))
  }

  @Test func oneRankWithoutMpirun() async throws {
    let (_, diagnosis) = try await Self.diagnose(ranks: nil, [])
    #expect(Self.problems(diagnosis).isEmpty)
    #expect(diagnosis.report?.launch.launcher == "none")
    #expect(diagnosis.report?.ranks.map(\.threads) == [Self.cores.count])
  }

  @Test func moreRanksThanCores() async throws {
    let ranks = Self.cores.count + 2
    let (result, diagnosis) = try await Self.diagnose(ranks: ranks, ["--threads", "1"])
    let problems = Self.problems(diagnosis)
    #expect(result.exitCode == 1)
    #expect(problems.map(\.subject) == [.oversubscription])
    let problem = try #require(problems.first)
    #expect(problem.text.contains(": \(ranks) ranks with \(ranks) threads in all on "))
    #expect(problem.remedy?.hasPrefix("\(MPIRun.launcher) -np \(Self.cores.count) ") == true)
  }

  @Test func bothRanksOnOneCore() async throws {
    let core = try #require(Self.cores.first)
    let (result, diagnosis) = try await Self.diagnose(
      ranks: 2, ["--threads", "1"], prefix: ["taskset", "-c", "\(core)"])
    let problems = Self.problems(diagnosis)
    #expect(result.exitCode == 1)
    #expect(problems.map(\.subject) == [.sharedCores])
    let problem = try #require(problems.first)
    #expect(
      problem.text.hasSuffix("ranks 0-1 with 2 threads have only 1 core (\(core)) between them"))
    let remedy = try #require(problem.remedy)
    #expect(remedy.hasPrefix("taskset -c "))
    #expect(remedy.contains(" \(MPIRun.launcher) -np 2 --bind-to core "))
  }

  @Test func moreThreadsThanTheBindingAllows() async throws {
    let core = try #require(Self.cores.first)
    let (_, diagnosis) = try await Self.diagnose(
      ranks: nil, ["--threads", "2"], prefix: ["taskset", "-c", "\(core)"])
    let problem = try #require(Self.problems(diagnosis).first)
    #expect(problem.subject == .binding)
    #expect(problem.text.hasSuffix("has 2 threads and may use 1 core (\(core))"))
  }

  /// A finding names at most five programs, so the test is repeated on a busy machine.
  @Test func aProgramThatKeepsACoreBusyIsNamed() async throws {
    let core = try #require(Self.cores.first)
    var isNamed = false
    for _ in 0..<5 where !isNamed {
      let (result, diagnosis) = try await Self.diagnose(
        ranks: 1, ["--threads", "1"],
        prefix: Spinner.prefix(core: core) + ["taskset", "-c", "\(core)"])
      let spinner = try #require(Spinner.process(of: result))
      #expect(result.exitCode == 1)
      let problem = try #require(
        diagnosis.findings.first { $0.subject == .load && $0.isProblem }, "\(result.report)")
      isNamed = problem.text.contains("\(Spinner.command) (pid \(spinner))")
      #expect(problem.remedy?.contains("kill -STOP ") == true)
      #expect(!isNamed || problem.remedy?.contains("\(spinner)") == true)
      let load = try #require(diagnosis.report?.hosts.first?.load)
      #expect(load.cores == [core] && load.othersShare > 0.3 && load.seconds >= 0.5)
    }
    #expect(isNamed)
  }

  /// A rank in a control group with half a core has one thread, which is already too much.
  @Test(.enabled(if: ControlGroup.isAvailable, "control groups of version 1 cannot be created"))
  func aQuotaBelowOneCoreIsAFinding() async throws {
    let group = try ControlGroup(quota: 50_000, period: 100_000)
    defer { group.remove() }
    let (result, diagnosis) = try await Self.diagnose(ranks: nil, [], prefix: group.prefix)
    #expect(diagnosis.report?.hosts.map(\.cpuQuota) == [0.5], "\(result.report)")
    #expect(diagnosis.report?.ranks.map(\.threads) == [1])
    #expect(Self.problems(diagnosis).map(\.subject) == [.oversubscription])
    #expect(result.exitCode == 1)
  }

  @Test(.enabled(if: !MPIRun.isHydra, "MPICH finds it only when it is initialised"))
  func aForeignLauncherIsAFinding() async throws {
    let step = ["SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "0"]
    let first = try await Program.run(ranks: nil, ["doctor"], environment: step)
    #expect(first.exitCode == 1 && first.stderr == "")
    let lines = first.stdout.split(separator: "\n")
    try #require(lines.count == 3, "\(first.report)")
    #expect(lines[0].hasPrefix("warning  launcher: srun started 2 processes, but "))
    #expect(lines[1].hasPrefix("         fix: srun --mpi=pmix -n 2 "))
    #expect(lines[1].hasSuffix("mnist-mpi doctor") && lines[2] == "1 finding")
    let second = try await Program.run(
      ranks: nil, ["doctor"], environment: step.merging(["SLURM_PROCID": "1"]) { $1 })
    #expect(second.exitCode == 1 && second.stdout == "" && second.stderr == "")
  }

  @Test func aBadOption() async throws {
    let result = try await Program.run(ranks: 2, ["doctor", "--threads", "0"])
    #expect(result.exitCode == 64)
    let lines = result.errorLines(of: "mnist-mpi")
    #expect(lines.count == 1 && lines.first?.contains("mnist-mpi doctor --help") == true)
  }
}
