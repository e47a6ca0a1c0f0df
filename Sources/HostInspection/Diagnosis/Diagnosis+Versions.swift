/// Findings about the software and processors, which must be the same on all hosts.
extension Diagnosis {
  /// Finds hosts that differ in program, libraries or processor.
  static func versions(_ report: HealthReport) -> [Finding] {
    let problems = [
      difference(report, "the program") {
        $0.software.sha256.isEmpty
          ? "" : $0.software.sha256.prefix(12) + suffix($0.software.revision)
      } fix: { first, others in
        copy(first.software.path, to: others)
      },
      difference(report, "the MPI library") {
        $0.software.mpi
      } fix: { first, others in
        install(first.software.mpi, on: others)
      },
      difference(report, "the BLAS library") {
        $0.software.blas
      } fix: { first, others in
        install(first.software.blas, on: others)
      },
      difference(report, "the kernel of the BLAS library") {
        $0.software.blasKernel
      } fix: { _, _ in
        var command = LaunchCommand(report.launch)
        command.setVariable(
          "OPENBLAS_CORETYPE", to: commonKernel(report.hosts.map(\.software.blasKernel)))
        return command.text
      },
      difference(report, "the processor") {
        $0.cpu
      } fix: { first, _ in
        var command = LaunchCommand(report.launch)
        command.restrict(to: report.nodes.filter { $0.host.cpu == first.cpu })
        return command.text
      },
    ].compactMap { $0 }
    guard problems.isEmpty, let host = report.hosts.first else { return problems }
    let software = host.software
    let program = software.sha256.isEmpty ? "" : "program \(software.sha256.prefix(12)), "
    return [
      Finding(
        .versions,
        (report.hosts.count > 1 ? "the same on all hosts: " : "") + program
          + "\(software.mpi), \(software.blas) (kernel \(software.blasKernel)), \(host.cpu)")
    ]
  }

  private static func suffix(_ revision: String) -> String {
    revision.isEmpty ? "" : " (\(revision))"
  }

  /// A finding if `value` differs between hosts; an empty value was not collected.
  private static func difference(
    _ report: HealthReport, _ name: String, value: (HostReport) -> String,
    fix: (_ first: HostReport, _ others: [HostReport]) -> String
  ) -> Finding? {
    guard let first = report.hosts.first, !report.hosts.contains(where: { value($0).isEmpty })
    else { return nil }
    let others = report.hosts.filter { value($0) != value(first) }
    guard !others.isEmpty else { return nil }
    var values: [String] = []
    for host in report.hosts where !values.contains(value(host)) { values.append(value(host)) }
    let groups = values.map { each in
      "\(HostNames.list(report.hosts.filter { value($0) == each }.map(\.host))): \(each)"
    }
    return Finding(
      .versions, problem: "\(name) differs: " + groups.joined(separator: "; "),
      fix: fix(first, others))
  }

  private static func copy(_ path: String, to hosts: [HostReport]) -> String {
    guard hosts.count > 1 else { return "rsync -a \(path) \(hosts[0].host):\(path)" }
    let names = hosts.map(\.host).joined(separator: " ")
    return "for host in \(names); do rsync -a \(path) $host:\(path); done"
  }

  private static func install(_ version: String, on hosts: [HostReport]) -> String {
    "install \(version) on \(HostNames.list(hosts.map(\.host))), or use hosts that have it"
  }

  /// OpenBLAS's kernels for x86, in the order of the instruction sets that they require.
  private static let kernelOrder = [
    "Prescott", "Core2", "Nehalem", "Sandybridge", "Haswell", "Zen", "SkylakeX", "Cooperlake",
    "SapphireRapids",
  ]

  /// A kernel that runs on all hosts, as far as the order of `kernels` is known.
  private static func commonKernel(_ kernels: [String]) -> String {
    let indices = kernels.map { kernel in
      kernelOrder.firstIndex { $0.lowercased() == kernel.lowercased() }
    }
    guard let least = indices.compactMap({ $0 }).min(), !indices.contains(nil) else {
      return kernels.contains { $0.uppercased().hasPrefix("NEOVERSE") || $0 == "ARMV8" }
        ? "ARMV8" : "Nehalem"
    }
    return kernelOrder[least]
  }
}
