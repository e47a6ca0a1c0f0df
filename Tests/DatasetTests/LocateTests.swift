import Dataset
import Foundation
import TestSupport
import Testing

/// The search order for data: `--data`, `MNIST_DATA`, the working directory, the user's cache.
struct LocateTests {
  private let fixture = IDXFixture(trainingCount: 10, testCount: 10, height: 2, width: 2)

  @Test func theOptionComesFirst() throws {
    let environment = ["MNIST_DATA": "/elsewhere"]
    #expect(
      try DataSource.locate(option: "there", environment: environment) == .path("there"))
    #expect(try DataSource.locate(option: "synthetic", environment: environment) == .synthetic)
  }

  @Test func theVariableComesBeforeTheDefaultDirectories() throws {
    let local = try fixture.write()
    #expect(
      try DataSource.locate(
        option: nil, environment: ["MNIST_DATA": "/elsewhere"], localPlace: local.path)
        == .path("/elsewhere"))
  }

  @Test func theWorkingDirectoryComesBeforeTheCache() throws {
    let cache = try TemporaryDirectory()
    let local = try fixture.write(gzip: true)
    try makeCache(in: cache.path + "/mnist")
    let environment = ["MNIST_DATA": "", "XDG_CACHE_HOME": cache.path, "HOME": "/nowhere"]
    #expect(
      try DataSource.locate(option: nil, environment: environment, localPlace: local.path)
        == .path(local.path))
    #expect(
      try DataSource.locate(option: nil, environment: environment, localPlace: "/nowhere")
        == .path("\(cache.path)/mnist"))
  }

  @Test func theDefaultCacheIsBelowHome() throws {
    let home = try TemporaryDirectory()
    try makeCache(in: home.path + "/.cache/mnist")
    #expect(
      try DataSource.locate(
        option: nil, environment: ["HOME": home.path], localPlace: "/nowhere")
        == .path("\(home.path)/.cache/mnist"))
  }

  @Test func theErrorNamesTheDirectoriesAndTheScript() throws {
    let error = #expect(throws: DatasetError.self) {
      try DataSource.locate(
        option: nil, environment: ["HOME": "/missing"], localPlace: "/nowhere")
    }
    let text = try #require(error?.description)
    for part in ["/nowhere", "/missing/.cache/mnist", "MNIST_DATA", "jobs/get-mnist.sh", "--data"] {
      #expect(text.contains(part), "\(text)")
    }
    #expect(!text.contains("\n"))
  }

  private func makeCache(in path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (name, content) in zip(IDXFixture.names, fixture.contents) {
      try Data(content).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }
  }
}
