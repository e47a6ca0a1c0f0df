import Foundation
import ScalingProjection
import TestSupport
import Testing

/// The hosts of platform files.
@Suite struct PlatformTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func read(_ body: String) throws -> Platform {
    try Platform(
      path: try directory.write(Data("<?xml version='1.0'?>\n\(body)".utf8), to: "platform.xml"))
  }

  @Test func hostsAreNamedInOrder() throws {
    let platform = try read(
      """
      <!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
      <!-- <host id="not this one"/> -->
      <platform version="4.1"><zone id='z' routing="Full"><host id = "first" speed="1Gf"></host >
      <cluster id="c" prefix="n-" suffix=".x" radical="0-2,7" speed="1Gf" bw="1GBps" lat="1us"/>
      </zone></platform>
      """)
    #expect(platform.hosts == ["first", "n-0.x", "n-1.x", "n-2.x", "n-7.x"])
  }

  @Test(arguments: ["ethernet-switch", "fat-tree", "dragonfly"])
  func filesThatComeAlongHave1024Hosts(name: String) throws {
    let platform = try Platform(path: "\(Repository.root)/jobs/platforms/\(name).xml")
    #expect(platform.hosts.count == 1024 && Set(platform.hosts).count == 1024)
  }

  @Test(arguments: [
    ("<platform>", "no valid XML"), ("", "no valid XML"),
    ("<platform><a></b></platform>", "no valid XML"),
    ("<platform><!-- </platform>", "no valid XML"), ("<platform id=3/>", "no valid XML"),
    ("<svg/>", "its element is svg"),
    ("<platform version=\"4.1\"/>", "no host"),
    ("<platform><cluster prefix=\"n\" radical=\"3-1\"/></platform>", "radical 3-1"),
    ("<platform><cluster prefix=\"n\" radical=\"0-99999999\"/></platform>", "radical 0-99999999"),
  ])
  func faultsNameTheFile(body: String, fault: String) throws {
    let error = #expect(throws: ProjectionError.self) { try read(body) }
    let text = "\(error?.description ?? "")"
    #expect(
      text.contains("platform.xml") && text.contains(fault) && text.contains("expected"), "\(text)")
  }

  @Test func moreRanksThanHostsAreRefused() throws {
    let platform = try read(
      "<platform version=\"4.1\"><cluster prefix=\"n\" radical=\"0-3\"/></platform>")
    func check(ranks: Int, perNode: Int) throws {
      try ProjectionPlan(tasks: [], ranks: ranks, ranksPerNode: perNode, selector: .ompi)
        .check(platform)
    }
    try check(ranks: 4, perNode: 1)
    try check(ranks: 8, perNode: 2)
    let error = #expect(throws: ProjectionError.self) { try check(ranks: 9, perNode: 2) }
    #expect(error?.description.contains("4 hosts, too few for --ranks 9") == true)
    #expect(error?.description.contains("--ranks 8") == true)
  }
}
