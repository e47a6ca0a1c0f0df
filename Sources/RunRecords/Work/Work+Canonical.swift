import FoundationEssentials

extension Work {
  /// The work as JSON with sorted keys and no white space: the text that `workHash` is taken of.
  ///
  /// Throws `RecordError.notFinite` where a number is not finite.
  public var canonicalJSON: String {
    get throws {
      String(decoding: try RecordCoding.encode(self, pretty: false), as: UTF8.self)
    }
  }

  /// Names the fields in which this work differs from another, with both values.
  ///
  /// One text a field, by name: `optimizer.learningRate: 0.001 against 0.01`. Empty if equal.
  public func differences(from other: Work) -> [String] {
    FieldDifferences.between(self, other)
  }
}
