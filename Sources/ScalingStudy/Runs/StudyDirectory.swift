import ChildProcesses
import Foundation
import RunRecords
import SystemSupport

/// The files of a study: its state, the records of its runs, and the output of runs that failed.
public struct StudyDirectory: Sendable {
  public let path: String

  /// The directory at `path`, which need not exist yet.
  public init(_ path: String) { self.path = path }

  /// The directory of records, `--results` of every run.
  public var recordsPath: String { records }
  /// The HTML page with the report of a complete study.
  public var pagePath: String { SafeFile.join(path, "report.html") }
  var records: String { SafeFile.join(path, "records") }
  private var state: String { SafeFile.join(path, "study.json") }
  private var failures: String { SafeFile.join(path, "failed") }
  private var running: String { SafeFile.join(path, "running.json") }

  /// A run that failed, with its command and output.
  struct FailedRun: Codable {
    let failure: StudyFailure
    let command: [String]
    let output: String
  }

  /// The process group of the current run, and when its leader started.
  struct RunningGroup: Codable {
    let group: pid_t
    let startTicks: String
  }

  /// Makes the directory, unless other files are in it.
  ///
  /// - Throws: `StudyError` for a directory that holds something else, or that cannot be written to.
  public func prepare() throws(StudyError) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    guard names.contains("study.json") || names.allSatisfy(Self.isOwn) else {
      throw StudyError(
        "--out \(path): holds other files and no study; nothing was written: choose another directory"
      )
    }
    do throws(FileError) {
      for directory in [path, records, failures] { try SafeFile.prepareDirectory(directory) }
    } catch {
      throw StudyError("--out \(path): \(error)")
    }
  }

  /// Whether a study that was killed at its very start, before it had a state, may have left a file.
  private static func isOwn(_ name: String) -> Bool {
    ["records", "failed", ".lock"].contains(name) || name.hasPrefix(".check-")
      || name.hasPrefix(".study.json.")
  }

  /// Claims the directory for this process, until it ends however it ends.
  ///
  /// Two studies in one directory would run at the same time, and the second would take the first one's
  /// run for an orphan.
  /// - Returns: a file descriptor to keep open.
  func claim() throws(StudyError) -> Int32 {
    let file = SafeFile.join(path, ".lock")
    let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    if descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
    let code = errno
    if descriptor >= 0 { close(descriptor) }
    throw StudyError(
      code == EWOULDBLOCK
        ? "--out \(path): another study is running in this directory"
        : "--out \(path): \(file) cannot be locked (\(String(cString: strerror(code)))); choose a "
          + "directory on another file system")
  }

  /// The state of the study in this directory; nil where there is none.
  ///
  /// - Throws: `StudyError` for a file that is damaged.
  public func loadState() throws(StudyError) -> StudyState? {
    guard FileManager.default.fileExists(atPath: state) else { return nil }
    guard let data = try? SafeFile.read(state),
      let value = try? JSONDecoder().decode(StudyState.self, from: data)
    else { throw StudyError("\(state): is no state of a study; use another directory with --out") }
    return value
  }

  /// Writes the state.
  func save(_ value: StudyState) throws(StudyError) { try write(value, to: state, "study") }

  /// Whether no run of a study was finished here, with success or without.
  func isWithoutRuns() -> Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: records)) ?? []
    return loadFailures().isEmpty && !names.contains { $0.hasSuffix(".json") }
  }

  /// Records of the study that are not among `known`, with their file names.
  ///
  /// A file that is no record is an error: runs of a study leave whole records or none.
  func newRecords(
    without known: Set<String>
  ) throws(StudyError) -> [(file: String, record: RunRecord)] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: records)) ?? []
    let files = names.filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") && !known.contains($0) }
      .sorted()
    do throws(RecordError) {
      return try RecordStore.load(files: files.map { SafeFile.join(records, $0) })
        .map { ($0.file, $0.record) }
    } catch {
      throw StudyError("\(error); remove the file, and the run is repeated")
    }
  }

  /// Keeps the output of a run that failed.
  func keep(_ failed: FailedRun) throws(StudyError) {
    try write(failed, to: SafeFile.join(path, failed.failure.file), "output of a failed run")
  }

  /// The file of a failed run, relative to the study's directory.
  func failureFile(block: Int, configuration: String, attempt: Int) -> String {
    "failed/block\(block)-\(configuration)-attempt\(attempt).json"
  }

  /// All runs that failed.
  public func loadFailures() -> [StudyFailure] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: failures)) ?? []
    return names.sorted().compactMap { name in
      (try? SafeFile.read(SafeFile.join(failures, name))).flatMap {
        try? JSONDecoder().decode(FailedRun.self, from: $0)
      }?.failure
    }
  }

  /// Notes the process group of the current run, or that there is none.
  func noteRunning(_ group: pid_t?) {
    guard let group else {
      unlink(running)
      return
    }
    let value = RunningGroup(group: group, startTicks: Self.startTicks(of: group))
    try? write(value, to: running, "process group")
  }

  /// Ends a run that a killed study left behind: its times would disturb those of the next runs.
  func endOrphan() {
    guard let data = try? SafeFile.read(running),
      let value = try? JSONDecoder().decode(RunningGroup.self, from: data)
    else { return }
    if !value.startTicks.isEmpty, Self.startTicks(of: value.group) == value.startTicks {
      ChildProcess.end(group: value.group)
    }
    unlink(running)
  }

  /// When a process started, field 22 of proc(5): with the number it identifies the process.
  private static func startTicks(of process: pid_t) -> String {
    guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let name = stat.lastIndex(of: ")")
    else { return "" }
    let fields = stat[name...].split(separator: " ")
    return fields.count > 20 ? String(fields[20]) : ""
  }

  private func write(
    _ value: some Encodable, to file: String, _ content: String
  ) throws(StudyError) {
    do {
      try SafeFile.replace(
        file, with: try SortedJSON.encode(value, pretty: true) + [UInt8(ascii: "\n")],
        content: content)
    } catch {
      throw StudyError("\(error)")
    }
  }
}
