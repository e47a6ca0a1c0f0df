import Foundation
import Hashing
import ProgramRevision

/// Which program this is.
enum ProgramVersion {
  static let number = "0.1.0"

  /// The git revision, or an empty string where the build did not say.
  static var revision: String { String(cString: program_revision()) }

  /// What `--version` prints.
  static var text: String { revision.isEmpty ? number : "\(number) (\(revision))" }

  /// Where the running executable lies; its name as typed where the system does not say.
  static var executablePath: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  }

  /// SHA-256 of the running executable; an empty string where it cannot be read.
  static func executableSHA256() -> String {
    guard let data = try? Data(contentsOf: URL(filePath: "/proc/self/exe"), options: .alwaysMapped)
    else { return "" }
    return data.withUnsafeBytes { SHA256.hex(of: $0) }
  }

  /// What records are matched by: a revision that was committed, else the executable itself.
  static func recordedRevision(executableSHA256: String) -> String {
    if !revision.isEmpty && !revision.hasSuffix("-dirty") { return revision }
    let executable = "executable \(executableSHA256.prefix(12))"
    return revision.isEmpty ? executable : "\(revision), \(executable)"
  }
}
