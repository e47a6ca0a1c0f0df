import CounterRandom
import Testing

struct PhiloxTests {
  /// The known answers that the authors of Random123 publish for philox4x32 with ten rounds.
  @Test(arguments: [
    (
      SIMD4<UInt32>(0, 0, 0, 0), SIMD2<UInt32>(0, 0),
      SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
    ),
    (
      SIMD4<UInt32>(repeating: .max), SIMD2<UInt32>(repeating: .max),
      SIMD4<UInt32>(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
    ),
    (
      SIMD4<UInt32>(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
      SIMD2<UInt32>(0xa409_3822, 0x299f_31d0),
      SIMD4<UInt32>(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
    ),
  ])
  func knownAnswers(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, expected: SIMD4<UInt32>) {
    #expect(Philox.block(counter: counter, key: key) == expected)
  }

  @Test func drawsOfAStreamAreWordsOfItsBlocks() {
    let stream = RandomStream(seed: 7, name: "conv1.weight")
    for index in 0..<12 {
      #expect(stream.word(index) == stream.block(UInt64(index / 4))[index % 4])
    }
  }

  @Test func seedAndNameBothMatter() {
    let words = [(1, "a"), (2, "a"), (1, "b"), (1 << 32, "a")].map {
      RandomStream(seed: UInt64($0.0), name: $0.1).word(0)
    }
    #expect(Set(words).count == words.count)
  }

  @Test func integersCoverTheirRangeEvenly() {
    let stream = RandomStream(seed: 3, name: "dice")
    var counts = [Int](repeating: 0, count: 6)
    for index in 0..<6000 { counts[stream.integer(index, below: 6)] += 1 }
    // With five degrees of freedom, chi-squared exceeds 20.5 for one seed in a thousand.
    let chiSquared = counts.reduce(0.0) { $0 + Double(($1 - 1000) * ($1 - 1000)) / 1000 }
    #expect(chiSquared < 20.5)
  }

  @Test func symmetricNumbersStayInsideTheBoundAndCentred() {
    var values = [Float](repeating: 0, count: 10_001)
    RandomStream(seed: 1, name: "fc1.weight").fillSymmetric(&values, bound: 0.25)
    #expect(values.allSatisfy { abs($0) < 0.25 })
    #expect(abs(values.reduce(0, +) / 10_001) < 0.005)
    let variance = values.reduce(0) { $0 + $1 * $1 } / 10_001
    #expect(abs(variance - 0.0625 / 3) < 0.001)
  }

  @Test func aShuffleIsAPermutation() {
    var values = Array(0..<100)
    RandomStream(seed: 5, name: "epoch/1/shard/0").shuffle(&values)
    #expect(values != Array(0..<100))
    #expect(values.sorted() == Array(0..<100))
  }
}
