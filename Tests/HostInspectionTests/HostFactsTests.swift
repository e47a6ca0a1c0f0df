import Foundation
import HostInspection
import TestSupport
import Testing

/// Parsing of made-up system files; facts of this machine are only checked for plausibility.
@Suite struct HostFactsTests {
  private static let stat = """
    cpu  400 40 200 1000 50 8 12 30 5 0
    cpu0 100 10 50 400 20 3 5 10 5 0
    cpu1 300 30 150 600 30 5 7 20 0 0
    cpu2 0 0 0 0 0 0 0 0 0 0
    intr 1 2 3
    """

  @Test func timesOfSomeCores() {
    func times(_ cores: [Int]) -> CoreTimes? {
      HostFacts.coreTimes(of: cores, stat: Self.stat, ticksPerSecond: 100)
    }
    #expect(times([0]) == CoreTimes(busySeconds: 1.68, stolenSeconds: 0.1))
    #expect(times([0, 1]) == CoreTimes(busySeconds: 1.68 + 4.92, stolenSeconds: 0.1 + 0.2))
    #expect(times([0, 3]) == nil, "a core that does not exist")
    #expect(times([2]) == nil, "a core that was never idle nor busy")
    #expect(times([]) == nil)
  }

  @Test func modeOfHugePages() {
    #expect(HostFacts.hugePages(in: "always [madvise] never\n") == "madvise")
    #expect(HostFacts.hugePages(in: "always madvise [never]\n") == "never")
    #expect(HostFacts.hugePages(in: "") == nil)
    #expect([nil, "always", "madvise", "never"].contains(HostFacts.hugePages()))
  }

  @Test func aProcessNameWithSpacesAndParentheses() throws {
    let stat =
      "42 (a) b (c) R 1 1 1 0 -1 0 0 0 0 0 250 50 0 0 20 0 1 0 9876 0 0 0 0 0 0 0 0 "
      + "0 0 0 0 0 0 0 17 3 0 0 0 0 0"
    let single = try #require(HostFacts.processTime(stat: stat, ticksPerSecond: 100))
    #expect(single == ProcessTime(startTicks: 9876, cpuSeconds: 3, core: 3))
    let threads = stat.replacing(" 20 0 1 0 ", with: " 20 0 4 0 ")
    #expect(HostFacts.processTime(stat: threads, ticksPerSecond: 100)?.core == nil)
    #expect(HostFacts.processTime(stat: "42 (ended", ticksPerSecond: 100) == nil)
  }

  /// Four hardware threads of two cores, and a thread that the system does not describe.
  @Test func physicalCores() throws {
    let directory = try TemporaryDirectory()
    for (thread, siblings) in ["0,2", "1,3", "0,2", "1,3"].enumerated() {
      let topology = "\(directory.path)/cpu\(thread)/topology"
      try FileManager.default.createDirectory(
        atPath: topology, withIntermediateDirectories: true)
      try directory.write(
        "\(siblings)\n".utf8, to: "cpu\(thread)/topology/thread_siblings_list")
    }
    func count(_ threads: [Int]) -> Int {
      HostFacts.physicalCoreCount(of: threads, topology: directory.path)
    }
    #expect(count([0, 1, 2, 3]) == 2 && count([0, 2]) == 1 && count([0, 1]) == 2)
    #expect(count([0, 1, 2, 3, 9]) == 3)
  }

  @Test func cacheSizes() {
    #expect(HostFacts.cacheBytes(text: "512K") == 524_288)
    #expect(HostFacts.cacheBytes(text: "32M") == 33_554_432)
    #expect(HostFacts.cacheBytes(text: "100") == 100)
    #expect(HostFacts.cacheBytes(text: "") == nil && HostFacts.cacheBytes(text: "much") == nil)
  }

  @Test func connectionsOfATable() {
    let table = """
        sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
         0: 0201A8C0:1F90 0101A8C0:0400 01 00000000:00000000 00:00000000 00000000     0        0 77 1
         1: 0201A8C0:1F91 0301A8C0:0400 01 00000000:00000000 00:00000000 00000000     0        0 78 1
         2: 00000000:1F92 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1
      """
    let found = HostFacts.connections(table: table) { $0 == 77 }
    // The table has numbers in memory byte order, so the result depends on the machine's order.
    let isLittleEndian = 1.littleEndian == 1
    #expect(
      found == [
        isLittleEndian
          ? HostReport.Connection(local: "192.168.1.2", remote: "192.168.1.1")
          : HostReport.Connection(local: "2.1.168.192", remote: "1.1.168.192")
      ])
  }

  @Test func factsOfThisMachineArePlausible() throws {
    let cores = HostFacts.allowedCores()
    #expect(Set(HostFacts.permittedCores()).isSuperset(of: cores))
    #expect(HostFacts.allowedCores() == cores, "permittedCores() changed the affinity")
    let times = try #require(HostFacts.coreTimes(of: cores))
    #expect(times.busySeconds > 0)
    #expect(HostFacts.cpuSeconds() > 0)
    #expect(HostFacts.processTimes().count > 1)
    #expect((HostFacts.cacheBytes(level: 2) ?? 1) > 0)
  }
}
