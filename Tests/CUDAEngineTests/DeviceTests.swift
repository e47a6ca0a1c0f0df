import CUDAEngine
import NeuralNetwork
import TestSupport
import Testing

/// Finding a device, and the error messages where none is found.
struct DeviceTests {
  private func reason(_ environment: [String: String], precision: Precision = .float32) -> String {
    do {
      _ = try CUDADevice(place: 0, precision: precision, environment: environment)
      return "a device was found"
    } catch {
      return "\(error)"
    }
  }

  @Test func aMissingLibraryIsNamed() {
    #expect(
      reason(["MNIST_MPI_CUDA": "/no/such/library.so"])
        == "/no/such/library.so: cannot open shared object file: No such file or directory")
  }

  /// A file that is not a library, and a library that is not a driver.
  @Test func aWrongLibraryIsNamed() throws {
    let directory = try TemporaryDirectory()
    let text = try directory.write(Array("no library".utf8), to: "libcuda.so.1")
    #expect(reason(["MNIST_MPI_CUDA": text]).hasPrefix("\(text): file too short"))
    #expect(
      reason(["MNIST_MPI_CUDA": "libm.so.6"]) == "libm.so.6: has no function cuInit")
  }

  /// A directory is searched first; libraries that it does not contain are searched elsewhere.
  @Test func aDirectoryIsSearchedFirst() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Array("no library".utf8), to: "libcuda.so.1")
    #expect(reason(["MNIST_MPI_CUDA": directory.path]).contains("libcuda.so.1: file too short"))
  }

  @Test func devicesAreTakenInTurn() throws {
    let devices = try (0..<5).map {
      try CUDADevice(place: $0, environment: FakeGPU.environment())
    }
    #expect(devices.map(\.ordinal) == [0, 1, 2, 0, 1])
    #expect(devices.map(\.visibleDevices) == [3, 3, 3, 3, 3])
    #expect(Set(devices.map(\.uuid)).count == 3)
    #expect(devices[0].uuid == devices[3].uuid)
    #expect(devices[1].text == "Fake GPU 1, 16 GiB")
    #expect(devices[0].capability.description == "9.0")
    // The fake compiler does not support 8.9: the driver gets PTX for 8.6.
    #expect(devices[2].capability.description == "8.9")
  }

  /// A batch that is too large for 32-bit indices of its activations is refused.
  @Test func aBatchThatIsTooLargeIsRefused() throws {
    let model = try Model.mlp(hidden: [4], height: 28, width: 28, classes: 3)
    let replica = Replica(model: model, count: 2)
    let engine = try CUDAEngine(
      model: model, optimizer: Optimizer(kind: .sgd), on: FakeGPU.natural.open())
    #expect(throws: DeviceUnavailable.self) {
      try engine.attach(
        samples: replica.samples, buffers: replica.buffers, largestBatch: 3_000_000)
    }
  }
}
