/// Reads the input as a file of labels or, if it names three dimensions or more, of images.
///
/// What is read must agree with the definition of the format, which is programmed here once more.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzIDX(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = FuzzInput(start, count).rest
  let file = MemoryFile.input
  file.write(input)
  let areLabels = input.count > 3 && input[3] < 3
  let expected = Expected(input, areLabels: areLabels)
  do {
    let reader = try GzipReader(path: file.path)
    let header = try IDXHeader(
      of: reader, expecting: areLabels ? .labels : .images, path: file.path)
    if areLabels {
      let labels = try StoredLabels(
        reader, path: file.path, dimensions: header.dimensions, element: header.element,
        text: header.text)
      if !isGzip(input) { require(labels.values == expected?.labels, "the labels of the file") }
      checkClasses(labels)
    } else {
      let images = try StoredImages(
        reader, path: file.path, dimensions: header.dimensions, text: header.text,
        isTransposed: false)
      let pixels = try pixels(of: images)
      if !isGzip(input) { require(pixels == expected?.content, "the bytes of the file") }
      checkSet(images.shape, pixels)
    }
  } catch let error as DatasetError {
    requireOneLine(error)
    require(expected == nil || isGzip(input), "a correct file is accepted: \(error)")
  } catch {
    require(false, "an error of the data set, not \(error)")
  }
  return 0
}

extension MemoryFile {
  fileprivate static let input = MemoryFile()
}

private func isGzip(_ input: [UInt8]) -> Bool { input.starts(with: [0x1f, 0x8b]) }

/// A correct IDX file that is not compressed.
private struct Expected {
  let content: [UInt8]
  /// The first element of each row; empty for images.
  private(set) var labels: [Int] = []

  /// Nil if the file is not correct.
  init?(_ file: [UInt8], areLabels: Bool) {
    guard file.count >= 4, file[0] == 0, file[1] == 0 else { return nil }
    let sizes: [UInt8: Int] = areLabels ? [8: 1, 9: 1, 11: 2, 12: 4] : [8: 1]
    let count = Int(file[3])
    guard let size = sizes[file[2]], (areLabels ? 1...2 : 3...4).contains(count) else { return nil }
    let header = 4 + 4 * count
    guard file.count >= header else { return nil }
    let dimensions = stride(from: 4, to: header, by: 4).map { start in
      file[start..<(start + 4)].reduce(0.0) { 256 * $0 + Double($1) }
    }
    guard dimensions.reduce(Double(size), *) == Double(file.count - header) else { return nil }
    if areLabels, count == 2, dimensions[1] == 0, dimensions[0] > 0 { return nil }
    if !areLabels, dimensions.contains(0) || count == 4 && dimensions[3] > 4 { return nil }
    content = Array(file[header...])
    guard areLabels, !content.isEmpty else { return }
    let row = size * (count == 2 ? Int(dimensions[1]) : 1)
    labels = stride(from: 0, to: content.count, by: row).map { start in
      var value = content[start..<(start + size)].reduce(0) { 256 * $0 + Int($1) }
      if file[2] != 8, content[start] > 127 { value -= 1 << (8 * size) }
      return value
    }
  }
}

/// Reads all images in pieces of a few.
private func pixels(of images: StoredImages) throws -> [UInt8] {
  var pixels: [UInt8] = []
  for first in stride(from: 0, to: images.count, by: 3) {
    let size = min(3, images.count - first) * images.shape.size
    var piece = [UInt8](repeating: 0, count: size)
    try piece.withUnsafeMutableBytes { try images.read(into: $0) }
    pixels += piece
  }
  try images.finish()
  return pixels
}

/// Classes are the labels, and each label has the class with its value.
private func checkClasses(_ labels: StoredLabels) {
  do {
    let classes = try labels.classes()
    let numbers = try labels.numbered(by: classes, among: "the training set has")
    require(
      numbers.map { classes.values[Int($0)] } == labels.values, "the classes of the labels")
  } catch let error as DatasetError {
    requireOneLine(error)
    require(Set(labels.values).count > 256, "at most 256 labels are accepted: \(error)")
  } catch {
    require(false, "an error of the data set, not \(error)")
  }
}

/// Images that are given from memory.
private final class GivenImages: ImageReader {
  let count: Int
  let shape: ImageShape
  let path = "images"
  private var rest: ArraySlice<UInt8>

  init(_ shape: ImageShape, _ pixels: [UInt8]) {
    self.shape = shape
    rest = pixels[...]
    count = pixels.count / shape.size
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) {
    buffer.copyBytes(from: rest.prefix(buffer.count))
    rest = rest.dropFirst(buffer.count)
  }

  func finish() {}
}

/// Makes a data set of the images, with one label.
private func checkSet(_ shape: ImageShape, _ pixels: [UInt8]) {
  do {
    let images = (0..<2).map { _ in GivenImages(shape, pixels) }
    let labels = images.map {
      StoredLabels(path: "labels", values: Array(repeating: 7, count: $0.count))
    }
    let reader = try DataReader(
      DataReader.Description(name: "data"), images: images, labels: labels, limit: 2)
    let data = try TrainingData(reader)
    require(data.training.count == min(2, images[0].count), "the first two images")
    require(data.test.images == pixels && data.classes.values == [7], "all test images")
    require(
      data.normalisations.allSatisfy { $0.deviation > 0 },
      "a deviation by which pixels can be divided")
  } catch let error as DatasetError {
    requireOneLine(error)
  } catch {
    require(false, "an error of the data set, not \(error)")
  }
}
