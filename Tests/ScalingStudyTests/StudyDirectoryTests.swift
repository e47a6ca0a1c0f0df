import ScalingStudy
import TestSupport
import Testing

/// Tests of the directory that a study may use.
@Suite struct StudyDirectoryTests {
  /// A study that was killed while it wrote its first files does not block its directory.
  @Test func whatAKilledStudyLeavesIsNoOtherFile() throws {
    let directory = try TemporaryDirectory()
    for name in [".check-17", ".study.json.17", ".lock"] { try directory.write([], to: name) }
    #expect(throws: Never.self) { try StudyDirectory(directory.path).prepare() }
    try directory.write([], to: "study.txt")
    #expect(throws: StudyError.self) { try StudyDirectory(directory.path).prepare() }
  }
}
