import Dataset
import TestSupport
import Testing

struct ReadingTests {
  private func read(_ directory: TemporaryDirectory, limit: Int? = nil) throws -> TrainingData {
    try DataSource.path(directory.path).read(DataSource.Options(limit: limit))
  }

  @Test func plainFilesAreReadByteForByte() throws {
    let fixture = IDXFixture(trainingCount: 30, testCount: 12, height: 5, width: 7, classes: 3)
    let directory = try fixture.write()
    let data = try read(directory)
    let contents = fixture.contents
    #expect(data.training.count == 30)
    #expect((data.training.shape.height, data.training.shape.width) == (5, 7))
    #expect(data.training.images == Array(contents[0][16...]))
    #expect(data.training.labels == Array(contents[1][8...]))
    #expect(data.test.count == 12)
    #expect(data.test.images == Array(contents[2][16...]))
    #expect(data.test.labels == Array(contents[3][8...]))
    #expect(data.classes.count == 3)
    let reader = try DataSource.path(directory.path).open()
    #expect(reader.name == directory.path && reader.details == "IDX")
    #expect(!reader.isSynthetic)
  }

  @Test func gzipFilesGiveTheSameAsPlainOnes() throws {
    let fixture = IDXFixture(trainingCount: 300, testCount: 40)
    let plain = try read(fixture.write())
    let compressed = try read(fixture.write(gzip: true))
    #expect(compressed.training == plain.training)
    #expect(compressed.test == plain.test)
    #expect(compressed.normalisations == plain.normalisations)
    #expect(compressed.sha256 == plain.sha256)
  }

  /// The file has more bytes than the reader reads at once.
  @Test func largeFilesAreReadWhole() throws {
    let fixture = IDXFixture(trainingCount: 10_701, testCount: 10)
    let images = fixture.contents[0][16...]
    #expect(images.count > 1 << 23)
    #expect(try read(fixture.write()).training.images == Array(images))
  }

  @Test func thereMayBe256Classes() throws {
    let fixture = IDXFixture(trainingCount: 512, testCount: 256, height: 4, width: 4, classes: 256)
    #expect(try read(fixture.write()).classes.count == 256)
  }

  @Test func limitKeepsTheFirstTrainingImages() throws {
    let fixture = IDXFixture(trainingCount: 200, testCount: 40, height: 6, width: 6)
    let directory = try fixture.write()
    let (all, some) = (try read(directory), try read(directory, limit: 50))
    #expect(some.training.count == 50)
    #expect(some.training.images == Array(all.training.images[..<(50 * 36)]))
    #expect(some.training.labels == Array(all.training.labels[..<50]))
    #expect(some.test == all.test)
    #expect(some.normalisations != all.normalisations)
    #expect(try read(directory, limit: 5000).training == all.training)
  }

  @Test func mnistHasItsKnownNormalisation() throws {
    let data = try DataSource.path(Repository.mnist()).read()
    let facts = try OracleFacts.read().normalisation
    #expect(data.training.count == 60_000 && data.test.count == 10_000 && data.classes.count == 10)
    #expect(abs(data.normalisations[0].mean - facts.mean) < 1e-12)
    #expect(abs(data.normalisations[0].deviation - facts.deviation) < 1e-12)
  }
}
