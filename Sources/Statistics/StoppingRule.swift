/// Decides after which block a study has enough blocks.
///
/// It looks only after 9, 12, 15, ... blocks, and stops if all intervals are narrow enough.
///
/// The intervals of a study that it ended are *nominal* 95 % intervals. A look that stops a study
/// selects samples that came out narrow by chance, and their intervals contain the median less
/// often. With more looks there are more such chances. So the actual coverage is lower than the
/// level of the interval, and the looks are few.
///
/// `CoverageTests` simulates it for the interval of one efficiency, a width of 2 % and at most 30
/// blocks. At worst the coverage is 94.1 % with independent blocks; looks after each block from the
/// ninth give 93.5 %. It is 77.5 % if neighbouring blocks have a correlation of 0.5, of which most
/// is due to the correlation: nine such blocks without further looks give 83 %.
public struct StoppingRule: Codable, Equatable, Sendable {
  /// The number of blocks at the first look.
  public static let firstLook = 9
  /// The number of blocks from one look to the next.
  public static let blocksBetweenLooks = 3

  /// The largest width of an interval, divided by its median, such as 0.02.
  public let width: Double
  /// The number of blocks after which a study stops whatever the intervals are.
  public let maxRepeats: Int

  /// The rule for a width and a largest number of blocks, both positive.
  public init(width: Double, maxRepeats: Int) {
    precondition(width > 0 && maxRepeats > 0, "width \(width), at most \(maxRepeats) blocks")
    self.width = width
    self.maxRepeats = maxRepeats
  }

  /// Whether a study stops after its first `blocks` blocks.
  ///
  /// True at `maxRepeats` blocks or more. Else true only at a look at which there are intervals and
  /// each of them has a level and a relative width of at most `width`.
  public func shouldStop(blocks: Int, intervals: [MedianInterval]) -> Bool {
    if blocks >= maxRepeats { return true }
    guard Self.isLook(blocks), !intervals.isEmpty else { return false }
    return intervals.allSatisfy { interval in
      guard interval.level != nil, let relative = interval.relativeWidth else { return false }
      return relative <= width
    }
  }

  /// Whether the rule looks at the intervals after this number of blocks.
  private static func isLook(_ blocks: Int) -> Bool {
    blocks >= firstLook && (blocks - firstLook).isMultiple(of: blocksBetweenLooks)
  }
}
