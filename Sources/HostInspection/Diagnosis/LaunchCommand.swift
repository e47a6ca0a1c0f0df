import MPILaunchers
import SystemSupport
import TextTables

/// The command line of a launch, changed step by step into one that avoids a problem.
struct LaunchCommand {
  private let launch: LaunchReport
  var ranks: Int
  /// The new value of the program's `--threads`; nil leaves the option unchanged.
  var threads: Int?
  /// Words before the launcher.
  private var prefix: [String] = []
  /// Options of the launcher.
  private var options: [String] = []
  /// Whether `options` name the hosts, so that no hostfile is needed.
  private var namesHosts = false

  /// The unchanged command of a launch.
  init(_ launch: LaunchReport) {
    self.launch = launch
    ranks = launch.ranks
  }

  private var mpirun: LauncherOptions { LauncherOptions(launch.family) }
  private var isSrun: Bool { launch.launcher == "srun" }
  /// Whether a single rank runs without a launcher.
  private var isAlone: Bool { launch.launcher == "none" }

  /// Lets every rank use enough cores for its threads.
  mutating func widenBinding(threads: Int, on host: HostReport) {
    if isSrun {
      options += ["--cpus-per-task=\(threads)"]
    } else if isAlone {
      prefix = ["taskset", "-c", NumberText.ranges(host.permittedCores)]
    } else {
      options += mpirun.unbound
    }
  }

  /// Binds every rank to separate cores.
  mutating func bindSeparately(threads: Int) {
    if isSrun {
      options += ["--cpus-per-task=\(threads)", "--cpu-bind=cores"]
    } else if !isAlone {
      options += mpirun.bound(threads: threads)
    }
  }

  /// Lets the launcher use all permitted cores if it may use fewer than `threads` cores now.
  mutating func widenLauncher(threads: Int, on host: HostReport) {
    guard !isSrun, !isAlone, let cores = host.launcherCores, cores.count < threads else { return }
    prefix = ["taskset", "-c", NumberText.ranges(host.permittedCores)]
  }

  /// Starts `ranksPerNode` ranks on every node.
  mutating func spread(ranksPerNode: Int) {
    ranks = ranksPerNode * launch.nodes
    guard launch.nodes > 1 else { return }
    options +=
      isSrun ? ["--ntasks-per-node=\(ranksPerNode)"] : mpirun.perNode(ranksPerNode)
  }

  /// Starts the ranks only on these nodes.
  mutating func restrict(to nodes: [NodeHealth]) {
    ranks = nodes.reduce(0) { $0 + $1.ranks.count }
    namesHosts = true
    options +=
      isSrun
      ? ["--nodelist=" + nodes.map(\.host.host).joined(separator: ",")]
      : mpirun.hosts(nodes.map { ($0.host.host, $0.ranks.count) })
  }

  /// Sets an environment variable for all ranks.
  mutating func setVariable(_ variable: String, to value: String) {
    if isSrun || isAlone {
      prefix.append("\(variable)=\(value)")
    } else {
      options += mpirun.variable(variable, to: value)
    }
  }

  /// Sends messages between hosts through a network, to which this interface belongs.
  mutating func use(network: String, interface: String) {
    if isSrun {
      prefix.append(mpirun.networkVariable(network, interface: interface))
    } else {
      options += mpirun.network(network, interface: interface)
    }
  }

  /// The command as a line for the shell.
  var text: String {
    var words = prefix
    if isSrun {
      words += ["srun", mpirun.srunInterface, "-n", "\(ranks)"] + options
    } else if !isAlone {
      let hostfile = launch.nodes > 1 && !launch.isAllocation && !namesHosts
      words += [launch.command] + (hostfile ? ["--hostfile", "hostfile"] : [])
      words += ["-np", "\(ranks)"] + options
    }
    return (words + programWords).map(ShellWord.quoted).joined(separator: " ")
  }

  /// The program and its arguments, with the new `--threads`.
  private var programWords: [String] {
    guard let threads else { return launch.words }
    var words: [String] = []
    var isValue = false
    for word in launch.words {
      if !isValue && word != "--threads" && !word.hasPrefix("--threads=") { words.append(word) }
      isValue = word == "--threads"
    }
    return words + ["--threads", "\(threads)"]
  }
}
