import FoundationEssentials

extension Work {
  /// The work as JSON with sorted keys and no white space: the input of `workHash`.
  ///
  /// Throws `RecordError.notFinite` if a number is not finite.
  public var canonicalJSON: String {
    get throws {
      String(decoding: try RecordCoding.encode(self, pretty: false), as: UTF8.self)
    }
  }

  /// Lists the fields in which this work differs from another, with both values.
  ///
  /// One string per field, sorted by name: `optimizer.learningRate: 0.001 against 0.01`. Empty if
  /// the works are equal.
  public func differences(from other: Work) -> [String] {
    FieldDifferences.between(self, other)
  }
}
