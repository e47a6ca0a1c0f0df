import Foundation
import TestSupport
import Testing

/// A command that must be refused: one line on standard error, an exit code, and no file changed.
///
/// `DIR` stands for the directory of the test in arguments and expected words.
struct RefusedCommand: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let arguments: [String]
  /// Words of the error.
  let named: [String]
  /// Files to write before, by name.
  var files: [String: String] = [:]
  var exitCode: Int32 = 64
  var ranks: Int?
  /// Words that precede the command.
  var prefix: [String] = []

  /// Writes the files, runs the command and expects the error.
  func expectRefusal(in directory: TemporaryDirectory) async throws {
    for (name, text) in files { try directory.write(Array(text.utf8), to: name) }
    let before = try Self.content(of: directory)
    let result = try await Program.run(
      ranks: ranks, arguments.map { replaced($0, directory) }, prefix: prefix)
    #expect(
      result.exitCode == exitCode && !result.timedOut, "\(testDescription): \(result.report)")
    let lines = result.errorLines(of: "mnist-mpi")
    // mpirun adds lines of its own about the exit code.
    let isAlone = ranks != nil || result.stderr.split(separator: "\n").count == 1
    #expect(
      lines.count == 1 && isAlone && result.stdout.isEmpty, "\(testDescription): \(result.report)")
    for word in named.map({ replaced($0, directory) }) {
      #expect(lines.first?.contains(word) == true, "\(testDescription): \(word): \(lines)")
    }
    #expect(try Self.content(of: directory) == before, "\(testDescription)")
  }

  private func replaced(_ text: String, _ directory: TemporaryDirectory) -> String {
    text.replacing("DIR", with: directory.path)
  }

  /// The names of all files and directories, with the bytes of files.
  private static func content(of directory: TemporaryDirectory) throws -> [String: Data?] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: directory.path)
    return Dictionary(
      names.map { ($0, FileManager.default.contents(atPath: directory.path($0))) },
      uniquingKeysWith: { first, _ in first })
  }
}
