import RunRecords
import TextTables

/// A machine with its software, as names and values.
struct MachineContext {
  /// A fact with its name.
  struct Fact {
    let name: String
    let value: String
  }

  let heading: String
  let facts: [Fact]

  /// The different machines of runs, in the order of the runs.
  static func list(_ runs: [StudyRun]) -> [MachineContext] {
    var order: [[Fact]] = []
    var counts: [String: Int] = [:]
    for run in runs {
      let facts = facts(run.record)
      let key = Self.key(facts)
      if counts[key] == nil { order.append(facts) }
      counts[key, default: 0] += 1
    }
    return order.map { facts in
      MachineContext(
        heading: NumberText.count(counts[key(facts)] ?? 0, "run", "runs"), facts: facts)
    }
  }

  private static func key(_ facts: [Fact]) -> String {
    facts.map { "\($0.name)\n\($0.value)" }.joined(separator: "\n")
  }

  private static func facts(_ record: RunRecord) -> [Fact] {
    let machine = record.machine
    var devices: [String] = []
    for rank in record.ranks {
      let name = rank.gpuModel ?? record.config.device
      if !devices.contains(name) { devices.append(name) }
    }
    var facts = [
      Fact(name: "hosts", value: machine.hosts.joined(separator: ", ")),
      Fact(name: "processor", value: machine.cpu),
      Fact(name: "cores of a node", value: "\(machine.cores)"),
      Fact(name: "memory", value: gibibytes(machine.memoryBytes)),
      Fact(name: "device of the ranks", value: devices.joined(separator: ", ")),
      Fact(name: "operating system", value: machine.operatingSystem),
      Fact(name: "MPI", value: machine.mpi),
      Fact(name: "BLAS", value: "\(machine.blas), kernel \(machine.blasKernel)"),
      Fact(name: "program", value: "\(record.program) \(record.version)"),
      Fact(
        name: "revision", value: machine.revision.isEmpty ? "unknown" : machine.revision),
      Fact(name: "SHA-256 of the executable", value: machine.executableSHA256),
    ]
    if let cuda = machine.cuda { facts.append(Fact(name: "CUDA", value: cuda)) }
    if let bytes = machine.l2CacheBytes {
      facts.append(Fact(name: "L2 cache", value: "\(bytes / 1024) KiB"))
    }
    if let bytes = machine.l3CacheBytes {
      facts.append(Fact(name: "L3 cache", value: "\(bytes / 1024) KiB"))
    }
    return facts
  }

  private static func gibibytes(_ bytes: UInt64) -> String {
    "\(NumberText.fixed(Double(bytes) / 1_073_741_824, 1)) GiB"
  }
}
