import Foundation
import Hashing
import ProgramRevision

/// The version, source revision and executable of this program.
enum ProgramVersion {
  static let number = "0.1.0"

  /// The git revision of the source; empty if the build did not set it.
  static var revision: String { String(cString: program_revision()) }

  /// The output of `--version`.
  static var text: String { revision.isEmpty ? number : "\(number) (\(revision))" }

  /// The path of the running executable; its name as entered if the path cannot be read.
  static var executablePath: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  }

  /// The SHA-256 of the running executable; empty if it cannot be read.
  static func executableSHA256() -> String {
    guard let data = try? Data(contentsOf: URL(filePath: "/proc/self/exe"), options: .alwaysMapped)
    else { return "" }
    return data.withUnsafeBytes { SHA256.hex(of: $0) }
  }

  /// The program's identity in records: its revision if that is committed.
  ///
  /// Otherwise the identity contains the executable's hash.
  static func recordedRevision(executableSHA256: String) -> String {
    if !revision.isEmpty && !revision.hasSuffix("-dirty") { return revision }
    let executable = "executable \(executableSHA256.prefix(12))"
    return revision.isEmpty ? executable : "\(revision), \(executable)"
  }
}
