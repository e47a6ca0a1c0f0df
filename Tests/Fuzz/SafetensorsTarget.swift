import Foundation

/// Decodes the input as a safetensors file; what is accepted must be the same after encoding it.
///
/// If the first byte is odd, the input is a header and, after a zero byte, numbers; the header's length is
/// added here. So most changes of the input keep a length that is correct.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSafetensors(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  var input = FuzzInput(start, count)
  var bytes = input.rest
  if input.byte() % 2 == 1 {
    let parts = input.rest.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    let length = parts[0].count
    bytes = (0..<8).map { UInt8(length >> (8 * $0) & 255) } + parts.joined()
  }
  do {
    try check(SafetensorsFile(decoding: Data(bytes)), of: bytes)
  } catch let error as SafetensorsError {
    requireOneLine(error)
  } catch {
    require(false, "an error of the format, not \(error)")
  }
  return 0
}

private func check(_ file: SafetensorsFile, of bytes: [UInt8]) throws {
  for tensor in file.tensors {
    require(tensor.shape.reduce(1, *) == tensor.values.count, "as many numbers as the shape says")
    require(file[tensor.name] != nil, "a tensor is found by its name")
  }
  require(Set(file.tensors.map(\.name)).count == file.tensors.count, "each name once")
  let numbers = file.tensors.flatMap(\.values).flatMap { number in
    (0..<4).map { UInt8(number.bitPattern >> (8 * $0) & 255) }
  }
  require(bytes.suffix(numbers.count).elementsEqual(numbers), "the numbers are the end of the file")
  // Data may begin at another index than 0.
  let sliced = Data([1, 2, 3] + bytes).dropFirst(3)
  require(isSame(try SafetensorsFile(decoding: sliced), file), "the same file decoded again")
  let encoded = try file.encoded()
  let again = try SafetensorsFile(decoding: encoded)
  require(isSame(again, file), "the same file encoded and decoded")
  require(try again.encoded() == encoded, "equal contents have equal bytes")
}

/// Whether two files are the same, bit by bit, because NaN differs from itself.
private func isSame(_ one: SafetensorsFile, _ other: SafetensorsFile) -> Bool {
  one.metadata == other.metadata
    && one.tensors.elementsEqual(other.tensors) { one, other in
      one.name == other.name && one.shape == other.shape
        && one.values.map(\.bitPattern) == other.values.map(\.bitPattern)
    }
}
