import Charts
import Testing

/// Places of labels, and their texts.
@Suite struct TickTests {
  /// Compares with a tolerance for binary fractions.
  private func expect(
    _ ticks: [Double], _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let isEqual =
      ticks.count == expected.count && zip(ticks, expected).allSatisfy { abs($0 - $1) < 1e-9 }
    #expect(isEqual, "\(ticks)", sourceLocation: sourceLocation)
  }

  @Test func linearTicksAreRoundNumbersAroundTheData() {
    expect(Ticks.linear(from: 0, to: 2), [0, 0.5, 1, 1.5, 2])
    expect(Ticks.linear(from: 0, to: 1.061), [0, 0.5, 1, 1.5])
    expect(Ticks.linear(from: 0, to: 0.9), [0, 0.25, 0.5, 0.75, 1])
    expect(Ticks.linear(from: -1.6, to: 11.7), [-5, 0, 5, 10, 15])
    expect(Ticks.linear(from: 3, to: 97), [0, 25, 50, 75, 100])
    expect(Ticks.linear(from: 0, to: 60000), [0, 20000, 40000, 60000])
    expect(Ticks.linear(from: 0.02, to: 0.05, count: 3), [0.02, 0.04, 0.06])
  }

  @Test func equalAndSwappedEndsHaveTicks() {
    #expect(Ticks.linear(from: 3, to: 3).count > 1)
    #expect(Ticks.linear(from: 0, to: 0).count > 1)
    expect(Ticks.linear(from: 2, to: 0), [0, 0.5, 1, 1.5, 2])
    #expect(Ticks.linear(from: .nan, to: 1).count > 1)
  }

  @Test func ticksOfTheLogarithmicScaleArePowersOfTwo() {
    expect(Ticks.powersOfTwo(from: 1, to: 8), [1, 2, 4, 8])
    expect(Ticks.powersOfTwo(from: 0.9, to: 5), [0.5, 1, 2, 4, 8])
    expect(Ticks.powersOfTwo(from: 16, to: 16), [16, 32])
    expect(Ticks.powersOfTwo(from: 0.1, to: 0.2), [0.0625, 0.125, 0.25])
    expect(Ticks.powersOfTwo(from: 0, to: 4), [1, 2])
  }

  @Test func textsHaveTheDigitsThatTheFinestTickNeeds() {
    #expect(Ticks.texts([0, 0.5, 1]) == ["0.0", "0.5", "1.0"])
    #expect(Ticks.texts([0, 0.25, 0.5]) == ["0.00", "0.25", "0.50"])
    #expect(Ticks.texts([0, 20000, 40000]) == ["0", "20000", "40000"])
    #expect(Ticks.texts([-0.05, 0, 0.05]) == ["-0.05", "0.00", "0.05"])
    #expect(Ticks.texts([0.1 + 0.2]) == ["0.3"])
    #expect(Ticks.shortTexts([0.125, 0.5, 1, 1024]) == ["0.125", "0.5", "1", "1024"])
  }
}
