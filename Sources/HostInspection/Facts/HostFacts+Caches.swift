import Foundation

extension HostFacts {
  /// Size of a cache of the first core; nil if the system does not report it.
  ///
  /// - Parameter level: 2 or 3; for level 1 the result is the data cache.
  public static func cacheBytes(level: Int) -> Int? {
    let caches = "/sys/devices/system/cpu/cpu0/cache"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: caches)) ?? []
    for name in names.sorted() where name.hasPrefix("index") {
      func value(_ key: String) -> String? {
        systemText("\(caches)/\(name)/\(key)")?.trimmingCharacters(in: .whitespacesAndNewlines)
      }
      if value("level") == "\(level)", value("type") != "Instruction" {
        return value("size").flatMap(cacheBytes(text:))
      }
    }
    return nil
  }

  /// Parses a size such as `512K` or `32M`; nil if the string is not a size.
  package static func cacheBytes(text: String) -> Int? {
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    guard let last = text.last, let unit = units[last] else { return Int(text) }
    return Int(text.dropLast()).map { $0 * unit }
  }
}
