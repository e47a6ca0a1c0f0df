import OpenBLASEngine
import Testing

/// The choice between two methods of writing, with made-up times.
struct SharedWritingTests {
  /// Uses `writing` for some updates that take `through` or `past` seconds; returns the choices.
  private static func use(
    _ writing: inout SharedWriting, updates: Int, through: Double, past: Double
  ) -> [SharedWriting.Method] {
    (0..<updates).map { _ in
      let method = writing.next()
      writing.record(method, seconds: method == .pastCaches ? past : through, count: 100)
      return method
    }
  }

  @Test func theFasterIsUsedAndTheOtherIsTriedNowAndThen() {
    var writing = SharedWriting()
    let first = Self.use(&writing, updates: 8, through: 1, past: 2)
    #expect(first.filter { $0 == .pastCaches }.count == 4, "both in turn")
    let later = Self.use(&writing, updates: 320, through: 1, past: 2)
    #expect(later.filter { $0 == .pastCaches }.count == 10)
  }

  @Test func theChoiceFollowsTheTimes() {
    var writing = SharedWriting()
    _ = Self.use(&writing, updates: 100, through: 1, past: 2)
    let changed = Self.use(&writing, updates: 200, through: 6, past: 2)
    #expect(changed.suffix(100).filter { $0 == .throughCaches }.count <= 4)
    let back = Self.use(&writing, updates: 400, through: 1, past: 2)
    #expect(back.suffix(100).filter { $0 == .pastCaches }.count <= 4)
  }

  /// One update that took long, for example because its core was taken away, changes nothing.
  @Test func oneOutlierChangesLittle() {
    var writing = SharedWriting()
    _ = Self.use(&writing, updates: 40, through: 1, past: 2)
    _ = Self.use(&writing, updates: 1, through: 4, past: 4)
    let later = Self.use(&writing, updates: 20, through: 1, past: 2)
    #expect(later.filter { $0 == .throughCaches }.count >= 18)
  }
}
