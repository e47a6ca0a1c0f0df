import Foundation
import TestSupport
import Testing

/// Hashes of real data sets, of works on them and of initial weights, as version 0.1.0 recorded them.
///
/// A change of one of these values makes older records incomparable.
@Suite struct KnownHashesTests {
  struct Known: Sendable, CustomTestStringConvertible {
    let data: String
    let model: String
    let dataSHA256: String
    let workHash: String
    let initialWeightsSHA256: String

    var testDescription: String { "\(model) on \(data)" }
  }

  /// Debian's package `dataset-fashion-mnist` installs it there.
  static let fashion = "/usr/share/datasets/fashion-mnist"

  private static let mnistHash =
    "9d72319f509d8b6e3adf86652f2130a7eabfef74ac355e8b14b104aab12c49f5"
  private static let fashionHash =
    "978eecade04dd16e3fd6742d9b01341519c7a80af5c5b2ec0d3515cca6e72d7d"

  static let onMNIST = [
    Known(
      data: "MNIST", model: "cnn", dataSHA256: mnistHash,
      workHash: "3f39e319b4364d574be8354d73ea8737eff3b6f7a49047614c302e101be75b40",
      initialWeightsSHA256: "4ebd20ae89727ecb"),
    Known(
      data: "MNIST", model: "mlp", dataSHA256: mnistHash,
      workHash: "28c94a152451592c0055083d07ee0331e0ae8fc3e41621d377961318614f2a11",
      initialWeightsSHA256: "da0103623e6b4916"),
  ]

  static let onFashion = [
    Known(
      data: "Fashion-MNIST", model: "cnn", dataSHA256: fashionHash,
      workHash: "eda96a6a2b2eafd177f469f68f8585327ec04a2044e8f2eb5ec7d933d65e4c9d",
      initialWeightsSHA256: "4ebd20ae89727ecb"),
    Known(
      data: "Fashion-MNIST", model: "mlp", dataSHA256: fashionHash,
      workHash: "2563dbb86dcad2f1294788d4d2d9098fce6b58f8912c1a91c2824277daf6962c",
      initialWeightsSHA256: "da0103623e6b4916"),
  ]

  @Test(arguments: onMNIST)
  func hashesOfMNIST(known: Known) async throws {
    try await Self.check(known, directory: Repository.mnist())
  }

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: fashion), "dataset-fashion-mnist is not installed"),
    arguments: onFashion)
  func hashesOfFashionMNIST(known: Known) async throws {
    try await Self.check(known, directory: Self.fashion)
  }

  /// The same data in NumPy's archive, written by Python's zipfile, are the same work.
  @Test func anArchiveOfMNISTHasTheHashesOfItsIDXFiles() async throws {
    let directory = try TemporaryDirectory()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c",
      """
      import gzip, os, sys, zipfile
      names = {"x_train": "train-images-idx3", "y_train": "train-labels-idx1",
               "x_test": "t10k-images-idx3", "y_test": "t10k-labels-idx1"}
      with zipfile.ZipFile(sys.argv[2], "w") as archive:
          for array, name in names.items():
              path = f"{sys.argv[1]}/{name}-ubyte"
              content = open(path, "rb").read() if os.path.exists(path) else gzip.open(path + ".gz").read()
              sizes = [int.from_bytes(content[4 + 4 * i:8 + 4 * i], "big") for i in range(content[3])]
              shape = "(" + "".join(f"{size}, " for size in sizes) + ")"
              header = "{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + ", }\\n"
              archive.writestr(array + ".npy", b"\\x93NUMPY\\1\\0" + len(header).to_bytes(2, "little")
                               + header.encode() + content[4 + 4 * content[3]:])
      """, try Repository.mnist(), directory.path("mnist.npz"),
    ]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    try await Self.check(Self.onMNIST[1], directory: directory.path("mnist.npz"))
  }

  private static func check(_ known: Known, directory: String) async throws {
    let results = try TemporaryDirectory()
    _ = try await Program.succeed(
      ranks: nil,
      [
        "--data", directory, "--model", known.model, "--steps", "1", "--threads", "1",
        "--results", results.path,
      ])
    let record = try #require(try Program.records(in: results.path).first)
    let certificate = try #require(record.certificate)
    #expect(record.work.dataSHA256 == known.dataSHA256)
    #expect(certificate.dataSHA256 == known.dataSHA256)
    #expect(record.workHash == known.workHash)
    #expect(certificate.initialWeightsSHA256.hasPrefix(known.initialWeightsSHA256))
  }
}
