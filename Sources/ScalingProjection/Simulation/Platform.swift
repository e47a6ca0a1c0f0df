import Foundation
import SystemSupport

/// A platform file of SimGrid: its path, and the names of its hosts in order.
public struct Platform: Equatable, Sendable {
  public let path: String
  public let hosts: [String]

  /// More hosts than this are an error of the file.
  private static let mostHosts = 1 << 20

  /// Reads the hosts of a file; SimGrid itself reads the rest.
  ///
  /// - Throws: `ProjectionError` for a file that cannot be read, is no XML or has no host.
  public init(path: String) throws(ProjectionError) {
    let expected =
      "expected a platform of SimGrid in XML, such as those in jobs/platforms; give another --platform"
    let data: Data
    do throws(FileError) {
      data = try SafeFile.read(path)
    } catch {
      throw ProjectionError("\(path): cannot be read (\(error.reason)): \(expected)")
    }
    guard let tags = XMLTags.read(String(decoding: data, as: UTF8.self)), let root = tags.first
    else {
      throw ProjectionError("\(path): no valid XML: \(expected)")
    }
    guard root.name == "platform" else {
      throw ProjectionError("\(path): its element is \(OneLine.value(root.name)): \(expected)")
    }
    var hosts: [String] = []
    for tag in tags {
      guard let names = Self.hosts(tag), hosts.count + names.count <= Self.mostHosts else {
        throw ProjectionError(
          "\(path): radical \(OneLine.value(tag.attributes["radical"] ?? "")) of a \(tag.name): expected "
            + "numbers and ranges such as 0-1023, of at most \(Self.mostHosts) hosts; correct the file"
        )
      }
      hosts += names
    }
    guard !hosts.isEmpty else {
      throw ProjectionError("\(path): no host: \(expected)")
    }
    self.path = path
    self.hosts = hosts
  }

  /// The hosts that an element stands for; nil for a radical that cannot be read.
  private static func hosts(_ tag: XMLTags.Tag) -> [String]? {
    switch tag.name {
    case "host", "peer":
      return tag.attributes["id"].map { [$0] } ?? []
    case "cluster", "cabinet":
      let (prefix, suffix) = (tag.attributes["prefix"] ?? "", tag.attributes["suffix"] ?? "")
      return numbers(tag.attributes["radical"] ?? "")?.map { "\(prefix)\($0)\(suffix)" }
    default:
      return []
    }
  }

  /// The numbers of a radical such as `0-3,8`; nil for anything else.
  private static func numbers(_ radical: String) -> [Int]? {
    var numbers: [Int] = []
    for part in radical.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false)
        .map { Int($0.trimmingCharacters(in: .whitespaces)) }
      guard let low = ends.first.flatMap({ $0 }), let high = ends.last.flatMap({ $0 }),
        ends.count <= 2, 0 <= low, low <= high, high - low < mostHosts
      else { return nil }
      numbers += low...high
    }
    return numbers
  }
}
