import Dataset
import TestSupport
import Testing

struct NormalisationTests {
  /// Bytes 0, 51, 102, 255: mean 102, mean square 19507.5, variance 9103.5.
  @Test func equalsAHandComputedExample() throws {
    let figures = try #require(Normalisation(of: [0, 51, 102, 255]))
    #expect(abs(figures.mean - 0.4) < 1e-15)
    #expect(abs(figures.deviation - 9103.5.squareRoot() / 255) < 1e-15)
  }

  @Test func halfBlackHalfWhiteHasMeanAndDeviationOneHalf() throws {
    let figures = try #require(Normalisation(of: [0, 255, 255, 0]))
    #expect(abs(figures.mean - 0.5) < 1e-15)
    #expect(abs(figures.deviation - 0.5) < 1e-15)
  }

  /// The sums are computed in blocks.
  ///
  /// Blocks of the largest bytes must not overflow, and the shorter last block must be included.
  @Test func isExactForManyLargeBytes() throws {
    let count = 3 * (1 << 16) + 5
    let figures = try #require(Normalisation(of: [0] + [UInt8](repeating: 255, count: count)))
    let share = Double(count) / Double(count + 1)
    #expect(abs(figures.mean - share) < 1e-12)
    #expect(abs(figures.deviation - (share * (1 - share)).squareRoot()) < 1e-12)
  }

  @Test(arguments: [0, 9, 255] as [UInt8]) func refusesConstantImages(byte: UInt8) {
    #expect(Normalisation(of: [UInt8](repeating: byte, count: 50)) == nil)
  }
}

struct SyntheticDataTests {
  private func make(_ seed: UInt64, limit: Int?) throws -> TrainingData {
    try DataSource.synthetic.read(DataSource.Options(limit: limit, seed: seed))
  }

  @Test func isAFunctionOfTheSeed() throws {
    let first = try make(1, limit: 100)
    #expect(try make(1, limit: 100).sha256 == first.sha256)
    let other = try make(2, limit: 100)
    #expect(other.training.images != first.training.images)
    #expect(other.test.images != first.test.images)
  }

  @Test func aLimitTakesAPrefix() throws {
    let (short, long) = (try make(5, limit: 100), try make(5, limit: 200))
    #expect(short.training.images == Array(long.training.images[..<(100 * 784)]))
    #expect(short.training.labels == Array(long.training.labels[..<100]))
    #expect(short.test == long.test)
  }

  @Test func hasTheShapeOfMNISTAndIsMarkedAsSynthetic() throws {
    let data = try make(1, limit: nil)
    #expect((data.training.count, data.test.count, data.classes.count) == (60_000, 10_000, 10))
    #expect(data.training.shape == ImageShape(height: 28, width: 28))
    let reader = try DataSource.synthetic.open()
    #expect(reader.isSynthetic && reader.name == "synthetic")
    #expect(data.training.images[..<784] != data.test.images[..<784])
  }
}

struct DataHashTests {
  private func data(changing: [String: @Sendable ([UInt8]) -> [UInt8]] = [:], limit: Int? = nil)
    throws
    -> String
  {
    let fixture = IDXFixture(trainingCount: 30, testCount: 20, height: 4, width: 6)
    let directory = try fixture.write(changing: changing)
    return try DataSource.path(directory.path).read(DataSource.Options(limit: limit)).sha256
  }

  @Test func changesWithAnySingleBit() throws {
    let usual = try data()
    #expect(usual.count == 64)
    #expect(try data() == usual)
    for name in IDXFixture.names {
      let changed = try data(changing: [
        name: { content in
          var content = content
          content[content.count - 1] ^= 1
          return content
        }
      ])
      #expect(changed != usual, "a bit of the last byte of \(name)")
    }
  }

  @Test func changesWithTheLimitAndTheShape() throws {
    #expect(try data(limit: 20) != data())
    let transposed = try IDXFixture(trainingCount: 30, testCount: 20, height: 6, width: 4).write()
    let read = try DataSource.path(transposed.path).read()
    #expect(try read.sha256 != data())
  }
}
