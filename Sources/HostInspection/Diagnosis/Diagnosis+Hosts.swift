import TextTables

/// Findings about single hosts: shared memory, huge pages, and load by other programs.
extension Diagnosis {
  /// The smallest sufficient /dev/shm: 64 MiB a node, and 16 MiB free for each rank.
  ///
  /// With less, Open MPI, or `--sync node` with a large model, may lack memory. Open MPI uses 4 MiB
  /// a rank. `--sync node` uses memory for each rank's gradients and each node's parameters: 9.6 MB
  /// for the first rank of the cnn.
  private static let (leastShared, leastFreePerRank) = (64 << 20, 16 << 20)

  /// Finds hosts on which /dev/shm is too small.
  static func sharedMemory(_ report: HealthReport) -> [Finding] {
    let nodes = report.nodes
    let small = nodes.filter { node in
      guard let memory = node.host.sharedMemory, node.ranks.count > 1 else { return false }
      return memory.bytes < leastShared
        || memory.freeBytes < leastFreePerRank * node.ranks.count
    }
    guard !small.isEmpty else {
      let sizes = nodes.compactMap { node in
        node.host.sharedMemory.map {
          "\(node.host.host) \(mebibytes($0.freeBytes)) of \(mebibytes($0.bytes)) free"
        }
      }
      return [
        Finding(
          .sharedMemory,
          sizes.isEmpty ? "no /dev/shm, and none is needed" : "/dev/shm: \(HostNames.list(sizes))")
      ]
    }
    return small.compactMap { node in
      node.host.sharedMemory.map { memory in
        Finding(
          .sharedMemory,
          problem: "\(node.host.host): /dev/shm has \(mebibytes(memory.bytes)), "
            + "\(mebibytes(memory.freeBytes)) of it free; \(node.ranks.count) ranks need "
            + "\(mebibytes(leastShared)), and \(mebibytes(leastFreePerRank * node.ranks.count)) free",
          fix: HostNames.run("mount -o remount,size=1G /dev/shm", on: node.host)
            + " (as root; a container is started with --shm-size=1g)")
      }
    }
  }

  /// Finds hosts with several ranks on which large arrays cannot be in huge pages.
  static func hugePages(_ report: HealthReport) -> [Finding] {
    let nodes = report.nodes.filter { $0.host.hugePages != nil }
    let problems = nodes.filter { $0.host.hugePages == "never" && $0.ranks.count > 1 }
    guard problems.isEmpty else {
      return problems.map { node in
        Finding(
          .hugePages,
          problem: "\(node.host.host): turned off; MPI_Allreduce of some megabytes within a node "
            + "takes up to twice as long in pages of 4 KiB",
          fix: HostNames.run(
            "tee /sys/kernel/mm/transparent_hugepage/enabled <<<madvise", on: node.host)
            + " (as root)")
      }
    }
    let modes = nodes.compactMap { node in node.host.hugePages.map { "\(node.host.host) \($0)" } }
    return modes.isEmpty ? [] : [Finding(.hugePages, HostNames.list(modes))]
  }

  private static func mebibytes(_ bytes: Int) -> String { "\(bytes >> 20) MiB" }

  /// The share of the ranks' cores above which other programs disturb a measurement.
  private static let disturbingShare = 0.1

  /// Finds hosts on which other programs use the ranks' cores.
  static func load(_ report: HealthReport) -> [Finding] {
    let measured = report.hosts.filter { $0.load != nil }
    let problems = measured.compactMap { host in host.load.flatMap { problem(of: $0, on: host) } }
    guard problems.isEmpty, !measured.isEmpty else { return problems }
    let shares = measured.compactMap { host in
      host.load.map { "\(host.host) \(NumberText.percent($0.othersShare, 1)) %" }
    }
    return [
      Finding(
        .load,
        "\(HostNames.list(shares)) of the ranks' cores, measured for "
          + "\(NumberText.fixed(measured.compactMap { $0.load?.seconds }.max(), 1)) s")
    ]
  }

  private static func problem(of load: LoadReport, on host: HostReport) -> Finding? {
    guard load.othersShare > disturbingShare else { return nil }
    let stolen =
      load.stolenShare >= 0.01
      ? " (\(NumberText.percent(load.stolenShare, 0)) % taken by the hypervisor)" : ""
    let programs = load.programs.map {
      "\($0.command.isEmpty ? "the system" : $0.command) (pid \($0.process)), "
        + "\(NumberText.percent($0.coreShare, 0)) % of a core"
    }
    let named =
      programs.isEmpty ? "no program that is seen from here" : programs.joined(separator: "; ")
    return Finding(
      .load,
      problem: "\(host.host): \(NumberText.percent(load.othersShare, 0)) % of the time of "
        + "\(load.cores.count == 1 ? "core" : "cores") \(NumberText.ranges(load.cores)) went to "
        + "others\(stolen): \(named)",
      fix: remedy(load, host))
  }

  private static func remedy(_ load: LoadReport, _ host: HostReport) -> String {
    let processes = load.programs.filter { !$0.command.isEmpty }.map { "\($0.process)" }
      .joined(separator: " ")
    guard !processes.isEmpty else { return "wait until it is over, or use another machine" }
    return HostNames.run("kill -STOP \(processes)", on: host)
      + " (later \(HostNames.run("kill -CONT \(processes)", on: host))), or wait for the end"
  }
}
