import TestSupport
import Testing

/// The launcher of another MPI, imitated by the environment variables that it sets.
@Suite struct ForeignLauncherTests {
  @Test func oneProcessPrintsTheProblem() async throws {
    let first = try await launched(["SLURM_STEP_NUM_TASKS": "3", "SLURM_PROCID": "0"])
    #expect(first.exitCode == 70, "\(first.report)")
    let lines = first.errorLines(of: "rank-checks")
    #expect(lines.count == 1)
    #expect(lines.allSatisfy { $0.contains("srun started 3 processes") })
  }

  @Test func theOthersEndSilently() async throws {
    let second = try await launched(["PMI_SIZE": "2", "PMI_RANK": "1"])
    #expect(second.exitCode == 70, "\(second.report)")
    #expect(second.stderr.isEmpty)
  }

  @Test func anotherMpirunIsFound() async throws {
    // As if the mpirun of one Open MPI started a program that is built with another MPI.
    let result = try await launched(["OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "0"])
    #expect(result.exitCode == 70, "\(result.report)")
    let lines = result.errorLines(of: "rank-checks")
    #expect(lines.count == 1, "\(result.report)")
    #expect(
      lines.allSatisfy { $0.contains("mpirun started 2 processes") && $0.contains("reports 1:") })
  }

  @Test func anAllocationIsNoLauncher() async throws {
    let alone = try await launched(["SLURM_NTASKS": "4", "SLURM_NPROCS": "4", "SLURM_PROCID": "0"])
    #expect(alone.exitCode == 0, "\(alone.report)")
  }

  private func launched(_ variables: [String: String]) async throws -> ProcessResult {
    try await MPIRun.run(
      "rank-checks", ranks: nil, arguments: ["broadcast"], environment: variables)
  }
}
