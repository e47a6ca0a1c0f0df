import Foundation
import TestSupport
import Testing

/// Tests of a directory that holds a study, to which another study must not add its runs.
@Suite struct StudyContinuationTests {
  @Test func onlyTheSameStudyIsContinued() async throws {
    let study = try SmallStudy(repeats: 1)
    _ = try await study.succeed()
    let own = study.arguments
    let plan = ["study: holds a study with another plan", "--out"]
    try await refuse("another seed", ["study", "--seed", "2"] + own.dropFirst(), plan, study)
    try await refuse("other options of train", own + ["--seed", "2"], plan, study)
    try await refuse("more blocks", own.map { $0 == "1" ? "2" : $0 }, plan, study)
    try await refuse(
      "other options of the launch", own.filter { $0 != "--oversubscribe" },
      ["study: holds a study that was launched with other options", "--out"], study)

    // The copy has one byte more, at its end, which the system ignores.
    let copy = study.directory.path("copy")
    try FileManager.default.copyItem(atPath: try MPIRun.path(of: "mnist-mpi"), toPath: copy)
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: copy))
    try file.seekToEnd()
    try file.write(contentsOf: Data([0]))
    try file.close()
    try await refuse(
      "another program", own, ["study: holds runs of another program", "--out"], study,
      prefix: ["sh", "-c", "shift; exec \(copy) \"$@\"", "sh"])

    try await refuse(
      "a half-written record", own, ["study/records/half.json: ", "remove the file"], study,
      files: ["study/records/half.json": "{\"format\": 1,"])
    try FileManager.default.removeItem(atPath: "\(study.out)/records/half.json")
    let again = try await study.succeed()
    #expect(!again.stderr.contains("block "), "\(again.report)")

    try await refuse(
      "a damaged state", own, ["study/study.json: is no state of a study"], study,
      files: ["study/study.json": "{"])
  }

  private func refuse(
    _ description: String, _ arguments: [String], _ named: [String], _ study: SmallStudy,
    files: [String: String] = [:], prefix: [String] = []
  ) async throws {
    let command = RefusedCommand(
      testDescription: description, arguments: arguments, named: named, files: files,
      prefix: prefix)
    try await command.expectRefusal(in: study.directory)
  }
}
