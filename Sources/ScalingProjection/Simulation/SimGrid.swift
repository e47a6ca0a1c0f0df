import ChildProcesses
import Foundation
import SystemSupport

/// SimGrid's `smpirun`, which says how long a trace takes on a platform.
public struct SimGrid: Sendable {
  /// The path of `smpirun`.
  private let command: String
  /// What it says of itself, such as `SimGrid version 3.32`.
  public let version: String

  /// Looks `smpirun` up on PATH.
  ///
  /// - Throws: `ProjectionError` naming the package to install.
  public init() throws(ProjectionError) {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let places = path.split(separator: ":").map { SafeFile.join(String($0), "smpirun") }
    guard let found = places.first(where: FileManager.default.isExecutableFile) else {
      throw ProjectionError(
        "SimGrid's smpirun is not on PATH; install it: apt-get install libsimgrid-dev")
    }
    command = found
    let ending = try Self.run([found, "-version"], directory: nil)
    let line = ending.output.split(whereSeparator: \.isNewline).first.map(String.init)
    version = line ?? "SimGrid of unknown version"
  }

  /// The simulated seconds of a trace.
  ///
  /// - Parameters:
  ///   - hosts: of each rank.
  ///   - options: further options of `smpirun`.
  /// - Throws: `ProjectionError` with SimGrid's own words; `FileError` if no files can be written.
  package func seconds(
    _ trace: ReplayTrace, on platform: Platform, hosts: [String], options: [String]
  ) throws -> Double {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "mnist-mpi-project-\(UUID().uuidString)").path
    try SafeFile.makeDirectory(directory)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    func write(_ text: String, _ name: String) throws(FileError) {
      try SafeFile.replace(
        SafeFile.join(directory, name), with: Data(text.utf8), content: "trace")
    }
    try write(trace.text, "trace")
    try write("trace\n", "traces")
    try write(hosts.joined(separator: "\n") + "\n", "hosts")
    // smpirun splits its options at spaces, so files are named from the directory they are in.
    let ending = try Self.run(
      [
        command, "-np", "\(hosts.count)", "-platform", URL(filePath: platform.path).path,
        "-hostfile", "hosts", "-replay", "traces", "-no-privatize", "--log=root.fmt:%m%n",
      ] + options, directory: directory)
    let lines = ending.output.split(whereSeparator: \.isNewline)
    guard ending.exitCode == 0,
      let words = lines.last(where: { $0.hasPrefix("Simulation time ") })?.split(separator: " "),
      let seconds = words.last.flatMap({ Double($0) })
    else {
      throw ProjectionError(
        "\(platform.path): SimGrid cannot simulate \(hosts.count) ranks on it: \(Self.reason(lines)); "
          + "check the file, or give another --platform")
    }
    return seconds
  }

  private static func run(
    _ words: [String], directory: String?
  ) throws(ProjectionError) -> ChildProcess.Ending {
    do throws(ChildProcessError) {
      // Without a group of its own, Ctrl-C ends it together with this program.
      return try ChildProcess.run(words, directory: directory, ownGroup: false)
    } catch {
      throw ProjectionError("\(error)")
    }
  }

  /// The line of the output that says most.
  private static func reason(_ lines: [Substring]) -> String {
    let telling = [
      "Parse error", "CRITICAL", "rror:", "ssertion", "Segmentation", "invalid", "failed",
    ]
    for words in telling {
      if let line = lines.first(where: { $0.contains(words) }) {
        return line.trimmingCharacters(in: .whitespaces)
      }
    }
    return lines.last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "it printed nothing"
  }
}
