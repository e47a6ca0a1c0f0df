/// The classes of a data set: the labels that occur in its training set, in ascending order.
///
/// Class `i` has the label `values[i]`. Labels from 0 without gaps are their own classes.
public struct ClassLabels: Codable, Equatable, Sendable {
  /// The labels as the files have them.
  public let values: [Int]

  /// Classes with these labels, ascending.
  public init(values: [Int]) { self.values = values }

  /// Number of classes.
  public var count: Int { values.count }

  /// Whether each label is the number of its class.
  public var areNumbers: Bool { values.elementsEqual(0..<values.count) }

  /// Such as `10 classes`, `26 classes (labels 1 to 26)` or `3 classes (labels 1, 4 and 9)`.
  public var description: String {
    let name = "\(count) class\(count == 1 ? "" : "es")"
    guard !areNumbers, let first = values.first, let last = values.last else { return name }
    if count == 1 { return "\(name) (label \(first))" }
    if last - first == count - 1 { return "\(name) (labels \(first) to \(last))" }
    let list = values.map { String($0) }
    return count <= 10
      ? "\(name) (labels \(list.dropLast().joined(separator: ", ")) and \(last))"
      : "\(name) (labels \(first) to \(last), with gaps)"
  }

  /// The largest number of classes: a class is one byte in messages.
  static let limit = 256
}

/// The labels of a training or test set as its file has them.
struct StoredLabels {
  let path: String
  /// One for each sample.
  var values: [Int]

  /// The classes that occur.
  func classes() throws -> ClassLabels {
    let distinct = Set(values)
    guard distinct.count <= ClassLabels.limit else {
      throw DatasetError(
        path: path,
        problem:
          "has \(distinct.count) different labels; expected at most \(ClassLabels.limit) classes")
    }
    return ClassLabels(values: distinct.sorted())
  }

  /// The class of each sample.
  ///
  /// - Parameter among: says which samples the classes come from, in the error about an unknown label.
  func numbered(by classes: ClassLabels, among: String) throws -> [UInt8] {
    if classes.areNumbers, values.allSatisfy({ $0 >= 0 && $0 < classes.count }) {
      return values.map { UInt8(truncatingIfNeeded: $0) }
    }
    let numbers = Dictionary(
      uniqueKeysWithValues: zip(classes.values, (0...).lazy.map { UInt8(truncatingIfNeeded: $0) }))
    return try values.enumerated().map { sample, label in
      guard let number = numbers[label] else {
        throw DatasetError(
          path: path,
          problem: "label \(label) (sample \(sample)) is one that \(among) no example of; "
            + "expected only labels that occur in training")
      }
      return number
    }
  }
}

extension StoredLabels {
  /// Reads integers that follow a header, one or more for each sample, of which the first is the label.
  ///
  /// - Parameters:
  ///   - dimensions: samples and, where there are two, columns.
  ///   - text: how the header says the dimensions.
  init(
    _ reader: any ByteReader, path: String, dimensions: [Int], element: IDXHeader.Element,
    text: String
  ) throws {
    let (count, columns) = (dimensions[0], dimensions.dropFirst().first ?? 1)
    guard columns > 0 || count == 0 else {
      throw reader.error("holds no labels (\(text)); expected at least one column")
    }
    let row = columns * element.size
    let content = ExactReader(reader, promised: count * row, text: text)
    var values: [Int] = []
    // In pieces, so that memory grows with the file and not with what its header promises.
    let rows = max(1, (1 << 20) / max(row, 1))
    for first in stride(from: 0, to: count, by: rows) {
      var piece = [UInt8](repeating: 0, count: min(rows, count - first) * row)
      try piece.withUnsafeMutableBytes { try content.fill($0) }
      values += stride(from: 0, to: piece.count, by: row).lazy.map { start in
        let word = piece[start..<(start + element.size)].reduce(0) { $0 << 8 | Int($1) }
        return element == .uint8 ? word : word.signExtended(from: 8 * element.size)
      }
    }
    try content.finish()
    self.init(path: path, values: values)
  }
}

extension Int {
  /// The number in two's complement of the lowest `bits` bits.
  fileprivate func signExtended(from bits: Int) -> Int {
    (self << (Int.bitWidth - bits)) >> (Int.bitWidth - bits)
  }
}
