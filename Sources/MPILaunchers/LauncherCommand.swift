#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The commands that start the ranks of each family, and which of them PATH has.
public enum LauncherCommand {
  /// The command with which `family` starts ranks on this machine.
  ///
  /// It is `mpirun`, unless the `mpirun` of PATH belongs to the other family and PATH has another
  /// command that belongs to this one.
  public static func name(of family: MPIFamily) -> String {
    name(of: family, path: getenv("PATH").map { String(cString: $0) } ?? "")
  }

  /// As ``name(of:)``, with the directories of `path`, which colons separate.
  public static func name(of family: MPIFamily, path: String) -> String {
    let directories = path.split(separator: ":").map(String.init)
    guard let mpirun = find("mpirun", in: directories),
      let found = Self.family(ofLauncher: mpirun), found != family
    else { return "mpirun" }
    return names(of: family).first { find($0, in: directories) != nil } ?? "mpirun"
  }

  /// The names of a launcher that only one family uses.
  private static func names(of family: MPIFamily) -> [String] {
    switch family {
    case .openMPI: ["mpirun.openmpi", "orterun", "prterun"]
    case .mpich: ["mpirun.mpich", "mpiexec.hydra"]
    }
  }

  /// The family of the launcher at `path`; nil if neither its name nor its directory shows it.
  ///
  /// `mpirun` is a link to the real launcher, or stands beside it.
  static func family(ofLauncher path: String) -> MPIFamily? {
    let real = realPath(path) ?? path
    let words = real.split(separator: "/")
    let name = words.last ?? ""
    if name.contains("hydra") || name.contains("mpich") { return .mpich }
    if name.hasPrefix("orterun") || name.hasPrefix("prterun") || name.contains("openmpi") {
      return .openMPI
    }
    let directory = "/" + words.dropLast().joined(separator: "/")
    return MPIFamily.allCases.first { family in
      names(of: family).contains { isExecutable("\(directory)/\($0)") }
    }
  }

  private static func find(_ name: String, in directories: [String]) -> String? {
    directories.lazy.map { "\($0)/\(name)" }.first(where: isExecutable)
  }

  private static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

  private static func realPath(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }
}
