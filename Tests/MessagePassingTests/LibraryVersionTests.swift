import MessagePassing
import Testing

@Suite struct LibraryVersionTests {
  @Test(arguments: [
    ("Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4, May 26, 2022\n", "Open MPI 4.1.4"),
    ("MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr  7\n", "MPICH 4.0.2"),
    (
      "Intel(R) MPI Library 2021.9 for Linux* OS\n", "Intel(R) MPI Library 2021.9 for Linux* OS"
    ),
    ("", ""),
  ])
  func isShort(text: String, version: String) {
    #expect(Environment.shortVersion(of: text) == version)
  }

  @Test(arguments: [
    ("MPICH Version:\t4.0.2\nMPICH Device:\tch4:ucx\n", true),
    ("MPICH Version:\t4.1.3\nMPICH Device:\tch4:ucx\n", true),
    ("MPICH Version:\t4.2.0\nMPICH Device:\tch4:ucx\n", false),
    ("MPICH Version:\t4.0.2\nMPICH Device:\tch4:ofi\n", false),
    ("MPICH Version:\t3.4.1\nMPICH Device:\tch3:nemesis\n", false),
    ("Open MPI v4.1.4, package: Debian OpenMPI", false),
    ("", false),
  ])
  func finalizationMayHang(text: String, hangs: Bool) {
    #expect(Environment.hangsInFinalization(library: text) == hangs)
  }

  @Test func isKnownWithoutInitialisation() {
    let words = Environment.libraryVersion.split(separator: " ")
    #expect(words.count >= 2)
    #expect(words.contains { $0.contains(".") && $0.first?.isNumber == true })
  }
}
