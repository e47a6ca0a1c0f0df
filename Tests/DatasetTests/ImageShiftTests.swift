import Dataset
import Testing

struct ImageShiftTests {
  private func moved(_ image: [UInt8], _ shape: ImageShape, _ rows: Int, _ columns: Int) -> [UInt8]
  {
    var target = [UInt8](repeating: 99, count: image.count)
    image.withUnsafeBufferPointer { image in
      target.withUnsafeMutableBufferPointer {
        ImageShift.move(image, of: shape, by: (rows, columns), into: $0)
      }
    }
    return target
  }

  /// Every shift of every size up to beyond the image, against pixel by pixel.
  @Test(arguments: [
    ImageShape(height: 4, width: 5), ImageShape(height: 3, width: 2, channels: 3),
  ])
  func movesEachPixel(shape: ImageShape) {
    let image = (0..<shape.size).map { UInt8($0 + 1) }
    for rows in -6...6 {
      for columns in -6...6 {
        let expected = (0..<shape.size).map { index -> UInt8 in
          let channel = index % shape.channels
          let pixel = index / shape.channels
          let (row, column) = (pixel / shape.width - rows, pixel % shape.width - columns)
          guard (0..<shape.height).contains(row), (0..<shape.width).contains(column) else {
            return 0
          }
          return image[(row * shape.width + column) * shape.channels + channel]
        }
        #expect(moved(image, shape, rows, columns) == expected)
      }
    }
  }

  @Test func offsetsFillTheirRangeAndDependOnSeedEpochAndSample() {
    let shift = ImageShift(seed: 1, epoch: 1, most: 2)
    let offsets = (0..<2000).map { shift.offset(of: $0) }
    var counts: [Int: Int] = [:]
    for offset in offsets { counts[offset.rows * 10 + offset.columns, default: 0] += 1 }
    // 25 pairs, 80 times each on average.
    #expect(counts.count == 25 && counts.values.allSatisfy { (40...130).contains($0) })
    for other in [
      ImageShift(seed: 2, epoch: 1, most: 2), ImageShift(seed: 1, epoch: 2, most: 2),
    ] {
      let equal = (0..<2000).filter { other.offset(of: $0) == offsets[$0] }.count
      #expect(equal < 200)
    }
  }
}
