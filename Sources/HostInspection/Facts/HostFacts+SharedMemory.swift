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
}
