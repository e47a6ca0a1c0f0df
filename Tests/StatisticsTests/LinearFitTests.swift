import Statistics
import Testing

@Suite struct LinearFitTests {
  /// Times of exactly 3 us and 2 GB/s.
  @Test func aLineIsFound() throws {
    let bytes = [1e3, 1e4, 1e5, 1e6]
    let fit = try #require(LinearFit(bytes: bytes, seconds: bytes.map { 3e-6 + $0 / 2e9 }))
    #expect(abs(fit.latencySeconds / 3e-6 - 1) < 1e-9)
    #expect(abs(fit.bytesPerSecond / 2e9 - 1) < 1e-9)
    #expect(fit.largestError < 1e-9)
  }

  /// One of three times is 20 % too long: small messages have as much weight as large ones.
  @Test func errorsAreRelative() throws {
    let fit = try #require(LinearFit(bytes: [1, 10, 1e9], seconds: [1e-6, 1.2e-6, 1]))
    #expect(fit.latencySeconds > 1e-6 && fit.latencySeconds < 1.2e-6)
    #expect(fit.largestError > 0.05 && fit.largestError < 0.2)
  }

  @Test func noFitForOneSizeOrForFallingTimes() {
    #expect(LinearFit(bytes: [5, 5], seconds: [1, 2]) == nil)
    #expect(LinearFit(bytes: [1, 1000], seconds: [2, 1]) == nil)
    #expect(LinearFit(bytes: [1, 2], seconds: [0, 1]) == nil)
  }
}
