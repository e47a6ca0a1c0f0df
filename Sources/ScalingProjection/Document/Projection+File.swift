import FoundationEssentials
import SystemSupport

extension Projection {
  /// The file's text: JSON with sorted keys and line breaks.
  ///
  /// Throws `NotFiniteError` with the key of a number that JSON cannot hold.
  public func json() throws(NotFiniteError) -> String { try SortedJSON.text(self) }

  /// Reads a file that `json` made.
  ///
  /// - Throws: `ProjectionError` with the path.
  public init(path: String) throws(ProjectionError) {
    struct Head: Decodable {
      let format: Int
      let curves: [Ignored]
      struct Ignored: Decodable {}
    }
    let expected = "expected a file of mnist-mpi project --json; make it again"
    let data: Data
    do throws(FileError) {
      data = try SafeFile.read(path)
    } catch {
      throw ProjectionError("\(error)")
    }
    let decoder = JSONDecoder()
    guard let head = try? decoder.decode(Head.self, from: data) else {
      throw ProjectionError("\(path): no projection: \(expected)")
    }
    guard head.format == Self.currentFormat else {
      throw ProjectionError(
        "\(path): a projection of format \(head.format): this program reads "
          + "\(Self.currentFormat); make it again")
    }
    do {
      self = try decoder.decode(Projection.self, from: data)
    } catch {
      throw ProjectionError("\(path): no projection: \(expected)")
    }
    guard curves.allSatisfy({ $0.points.allSatisfy { $0.ranks > 0 && $0.stepSeconds > 0 } }),
      !work.times.points.isEmpty
    else {
      throw ProjectionError("\(path): a projection with ranks or seconds of zero: \(expected)")
    }
  }
}
