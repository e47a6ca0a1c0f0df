/// Reads the input as a file of labels or, unless it names one dimension, of images.
///
/// What is read must agree with the definition of the format, which is programmed here once more.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzIDX(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = FuzzInput(start, count).rest
  let file = MemoryFile.images
  file.write(input)
  let dimensionCount = input.count > 3 && input[3] == 1 ? 1 : 3
  let expected = content(of: input, dimensionCount)
  do {
    let read = try IDXFile(path: file.path, kind: "bytes", dimensionCount: dimensionCount)
    require(read.dimensions.count == dimensionCount, "\(dimensionCount) dimensions")
    require(read.dimensions.reduce(1, *) == read.bytes.count, "as many bytes as promised")
    if !isGzip(input) { require(read.bytes == expected, "the bytes of the file") }
    if dimensionCount == 3 { checkImages(read) }
  } catch let error as DatasetError {
    requireOneLine(error)
    require(expected == nil || isGzip(input), "a correct file is accepted: \(error)")
  } catch {
    require(false, "an error of the data set, not \(error)")
  }
  return 0
}

extension MemoryFile {
  fileprivate static let images = MemoryFile()
  fileprivate static let labels = MemoryFile()
}

private func isGzip(_ input: [UInt8]) -> Bool { input.starts(with: [0x1f, 0x8b]) }

/// The content of an IDX file that is not compressed; nil if the file is not correct.
private func content(of file: [UInt8], _ dimensionCount: Int) -> [UInt8]? {
  let header = 4 + 4 * dimensionCount
  let magic = [0, 0, 8, UInt8(dimensionCount)]
  guard file.count >= header, file.starts(with: magic) else { return nil }
  var size = 1.0
  for start in stride(from: 4, to: header, by: 4) {
    size *= file[start..<(start + 4)].reduce(0.0) { 256 * $0 + Double($1) }
  }
  return size == Double(file.count - header) ? Array(file[header...]) : nil
}

/// Reads the images again together with labels: with as many as there are images, and with one more.
private func checkImages(_ images: IDXFile) {
  let count = images.dimensions[0]
  guard count < 4096 else { return }
  for extra in 0...1 {
    let labels = [UInt8](repeating: 0, count: count + extra)
    let header = [0, 0, 8, 1, 0, 0, UInt8(labels.count >> 8), UInt8(labels.count & 255)]
    MemoryFile.labels.write(header + labels)
    do {
      let both = try LabelledImages(
        imagesPath: MemoryFile.images.path, labelsPath: MemoryFile.labels.path)
      require(extra == 0 && both.count == count, "a label for each image")
      require(both.images == images.bytes && both.labels == labels, "images and labels as read")
      checkTraining(both)
    } catch let error as DatasetError {
      requireOneLine(error)
      require(extra == 1 || images.bytes.isEmpty, "images with their labels are accepted: \(error)")
    } catch {
      require(false, "an error of the data set, not \(error)")
    }
  }
}

/// Makes a training set of the images.
private func checkTraining(_ set: LabelledImages) {
  do {
    let data = try TrainingData(
      training: set, test: set, limit: 2, name: "data", isSynthetic: false,
      testImagesPath: "images", testLabelsPath: "labels")
    require(data.training.count == min(2, set.count) && data.classes == 1, "the first two images")
    require(data.normalisation.deviation > 0, "a deviation by which pixels can be divided")
  } catch let error as DatasetError {
    requireOneLine(error)
  } catch {
    require(false, "an error of the data set, not \(error)")
  }
}
