/// The failures that a rank finds in a check.
struct Findings {
  private var failures: [String] = []

  /// Whether there are no failures.
  var holds: Bool { failures.isEmpty }

  /// One line with the first failures, or nil when there are none.
  var summary: String? {
    guard !holds else { return nil }
    let rest = failures.count > 3 ? "; and \(failures.count - 3) more" : ""
    return failures.prefix(3).joined(separator: "; ") + rest
  }

  /// Records `what` as a failure unless `condition` holds.
  mutating func expect(_ condition: Bool, _ what: @autoclosure () -> String) {
    if !condition { failures.append(what()) }
  }

  /// Records `what` as a failure, with both values, unless `value` equals `expected`.
  mutating func expect<T: Equatable>(_ value: T, equals expected: T, _ what: String) {
    expect(value == expected, "\(what): \(value) instead of \(expected)")
  }
}
