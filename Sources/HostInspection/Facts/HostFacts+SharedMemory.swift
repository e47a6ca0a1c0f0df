import Foundation

extension HostFacts {
  /// Size and free space of /dev/shm, through which processes share memory; nil if there is none.
  public static func sharedMemory() -> HostReport.SharedMemory? {
    var facts = statvfs()
    guard statvfs("/dev/shm", &facts) == 0 else { return nil }
    return HostReport.SharedMemory(
      bytes: Int(facts.f_blocks) * Int(facts.f_frsize),
      freeBytes: Int(facts.f_bavail) * Int(facts.f_frsize))
  }

  /// When the system uses huge pages: `always`, `madvise` or `never`; nil if it has none.
  public static func hugePages() -> String? {
    systemText("/sys/kernel/mm/transparent_hugepage/enabled").flatMap(hugePages(in:))
  }

  /// The choice in brackets, such as `madvise` of `always [madvise] never`.
  public static func hugePages(in text: String) -> String? {
    text.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("[") && $0.hasSuffix("]") }
      .map { String($0.dropFirst().dropLast()) }
  }
}
