internal import CZlib
import Foundation

/// Reads `.npz` files: the input itself, or one with right sizes and CRCs around a NumPy array that the
/// input describes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzNPZ(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  var input = FuzzInput(start, count)
  let mode = input.byte()
  let bytes = input.rest
  file.write(mode & 1 == 0 ? bytes : archive(of: bytes, isLabels: mode & 2 != 0))
  do {
    let archive = try NPZFile(path: file.path)
    for set in 0...1 {
      let images = try archive.images(of: set, isTransposed: mode & 4 != 0)
      let labels = try archive.labels(of: set, count: images.count)
      require(labels.values.count == images.count, "a label for each image")
      // What a header promises beyond the file must have been refused.
      require(images.count * images.shape.size <= 1 << 26, "no more images than the file can hold")
      var pixels = [UInt8](repeating: 0, count: images.count * images.shape.size)
      try pixels.withUnsafeMutableBytes { try images.read(into: $0) }
      try images.finish()
    }
  } catch let error as DatasetError {
    requireOneLine(error)
  } catch {
    require(false, "an error of the data set, not \(error)")
  }
  return 0
}

private let file = MemoryFile()

/// An archive with the four arrays, of which the training images or labels are `array`.
private func archive(of array: [UInt8], isLabels: Bool) -> [UInt8] {
  let image = npy("(1, 2, 2)", [1, 2, 3, 4])
  let label = npy("(1,)", [5])
  var (content, list): ([UInt8], [UInt8]) = ([], [])
  for (name, bytes) in [
    ("x_train", isLabels ? image : array), ("y_train", isLabels ? array : label),
    ("x_test", image), ("y_test", label),
  ] {
    let title = Array("\(name).npy".utf8)
    let sum = crc32(0, bytes, UInt32(bytes.count))
    let sizes =
      word(UInt32(truncatingIfNeeded: sum)) + word(UInt32(bytes.count)) + word(UInt32(bytes.count))
    let common = [20, 0, 0, 0, 0, 0, 0, 0, 0, 0] + sizes + [UInt8(title.count), 0, 0, 0]
    list +=
      [0x50, 0x4b, 1, 2, 20, 0] + common + [UInt8](repeating: 0, count: 10)
      + word(UInt32(content.count)) + title
    content += [0x50, 0x4b, 3, 4] + common + title + bytes
  }
  return content + list + [0x50, 0x4b, 5, 6, 0, 0, 0, 0, 4, 0, 4, 0] + word(UInt32(list.count))
    + word(UInt32(content.count)) + [0, 0]
}

private func word(_ value: UInt32) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// An array of bytes as NumPy writes it.
private func npy(_ shape: String, _ content: [UInt8]) -> [UInt8] {
  let header = "{'descr': '|u1', 'fortran_order': False, 'shape': \(shape), }\n"
  return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
    + content
}
