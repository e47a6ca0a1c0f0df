internal import CUDADriver
import NeuralNetwork

/// The products of fully connected layers, computed by cuBLAS.
///
/// cuBLAS stores matrices by columns, so it sees the engine's matrices transposed. Bias, ReLU and
/// the passing on of gradients, which the engine's own kernels do while they store a product, take
/// separate kernels here.
final class BLASProducts {
  private let main: Handle
  private let side: Handle
  private let mainStream: Stream
  /// Gradients of inputs before they are passed on through the ReLU or pooling before the layer.
  private let passing: DeviceMemory<Float>

  /// Bytes of workspace for one handle of cuBLAS: 32 MiB.
  ///
  /// Without it cuBLAS would allocate memory by itself, which is not allowed while a graph is
  /// captured.
  private static let workspaceBytes = 32 << 20

  /// A handle of cuBLAS for one stream, with its own workspace.
  ///
  /// The handles of two streams may work at the same time, so they must not share memory.
  private final class Handle {
    let handle: CUBLASHandle
    let calls: CUBLASCalls
    private let workspace: DeviceMemory<UInt8>

    init(_ stream: Stream, _ calls: CUBLASCalls) throws {
      self.calls = calls
      workspace = try DeviceMemory(stream.device, count: BLASProducts.workspaceBytes)
      var handle: CUBLASHandle?
      try BLASProducts.check(calls.cublasCreate_v2(&handle), "cublasCreate", calls)
      guard let handle else { throw DeviceUnavailable(description: "cuBLAS gives no handle") }
      self.handle = handle
      try BLASProducts.check(
        calls.cublasSetStream_v2(handle, stream.handle), "cublasSetStream", calls)
      // This follows `cublasSetStream`, which resets the workspace.
      let place = UnsafeMutableRawPointer(bitPattern: UInt(workspace.address.value))
      try BLASProducts.check(
        calls.cublasSetWorkspace_v2(handle, place, BLASProducts.workspaceBytes),
        "cublasSetWorkspace", calls)
    }

    deinit { _ = calls.cublasDestroy_v2(handle) }
  }

  /// Creates a handle for each of the two streams.
  ///
  /// - Parameter capacity: the most samples in a batch.
  init(_ plan: Plan, calls: CUBLASCalls, capacity: Int, main: Stream, side: Stream) throws {
    self.main = try Handle(main, calls)
    self.side = try Handle(side, calls)
    mainStream = main
    let largest = plan.stages.filter { $0.work == .fullyConnected }.map(\.input.count).max() ?? 0
    passing = try DeviceMemory(main.device, count: capacity * largest)
  }

  /// Throws a `CUDAError` with cuBLAS's text unless `result` is success.
  private static func check(
    _ result: CUBLASResult, _ call: StaticString, _ calls: CUBLASCalls
  ) throws {
    guard result != 0 else { return }
    let text = calls.cublasGetStatusString(result).map { String(cString: $0) }
    throw CUDAError(call: "\(call)", text: text ?? "unknown error", code: result)
  }

  /// A matrix in device memory, stored by columns as cuBLAS expects.
  private struct Factor {
    let address: DeviceAddress
    /// Distance between the first numbers of two columns.
    let stride: Int
    var isTransposed = false
  }

  /// Computes `result = left * right` for float32 matrices, at the device's precision.
  private func multiply(
    _ left: Factor, _ right: Factor, rows: Int, columns: Int, depth: Int, into result: Factor,
    on stream: Stream
  ) throws {
    let handle = stream === mainStream ? main : side
    func operation(_ factor: Factor) -> CUBLASOperation {
      CUBLASOperation(factor.isTransposed ? cublasTransposed : cublasPlain)
    }
    func pointer(_ factor: Factor) -> UnsafeMutableRawPointer? {
      UnsafeMutableRawPointer(bitPattern: UInt(factor.address.value))
    }
    let type = CUDADataType(cudaFloat32)
    let (one, zero): (Float, Float) = (1, 0)
    let status = withUnsafePointer(to: one) { one in
      withUnsafePointer(to: zero) { zero in
        handle.calls.cublasGemmEx(
          handle.handle, operation(left), operation(right), Int32(rows), Int32(columns),
          Int32(depth), one, pointer(left), type, Int32(left.stride), pointer(right), type,
          Int32(right.stride), zero, pointer(result), type, Int32(result.stride),
          stream.device.precision.computeType, Int32(cublasDefaultAlgorithm))
      }
    }
    try Self.check(status, "cublasGemmEx", handle.calls)
  }

  /// Computes `outputs = input * weights^T`, without bias and ReLU.
  func outputs(
    count: Int, _ stage: Stage, input: DeviceAddress, weights: DeviceAddress,
    output: DeviceAddress, on stream: Stream
  ) throws {
    let (ins, outs) = (stage.input.count, stage.inner.channels)
    try multiply(
      Factor(address: weights, stride: ins, isTransposed: true),
      Factor(address: input, stride: ins),
      rows: outs, columns: count, depth: ins, into: Factor(address: output, stride: outs),
      on: stream)
  }

  /// Computes `weights' gradient = gradient^T * input`, without the gradient of the biases.
  func weights(
    count: Int, _ stage: Stage, input: DeviceAddress, gradient: DeviceAddress,
    weights: DeviceAddress, on stream: Stream
  ) throws {
    let (ins, outs) = (stage.input.count, stage.inner.channels)
    try multiply(
      Factor(address: input, stride: ins),
      Factor(address: gradient, stride: outs, isTransposed: true),
      rows: ins, columns: outs, depth: count, into: Factor(address: weights, stride: ins),
      on: stream)
  }

  /// Computes `inputs' gradient = gradient * weights` and passes it on to `passage`.
  func inputs(
    count: Int, _ stage: Stage, gradient: DeviceAddress, weights: DeviceAddress,
    to passage: Passage, on stream: Stream
  ) throws {
    let (ins, outs) = (stage.input.count, stage.inner.channels)
    let isDirect = passage.passing == .all
    let target = isDirect ? passage.gradients : passing.address
    try multiply(
      Factor(address: weights, stride: ins), Factor(address: gradient, stride: outs),
      rows: ins, columns: count, depth: outs, into: Factor(address: target, stride: ins),
      on: stream)
    guard !isDirect else { return }
    try stream.launch(
      "pass_on", .covering(count * ins), target, passage.gradients, passage.inputs,
      passage.choices, passage.pooling, passage.passing.rawValue, Int32(count * ins))
  }
}

extension Precision {
  /// The compute type of cuBLAS for this precision.
  fileprivate var computeType: CUBLASComputeType {
    switch self {
    case .float32: CUBLASComputeType(cublasComputeFloat32)
    case .tf32: CUBLASComputeType(cublasComputeTF32)
    case .bfloat16: CUBLASComputeType(cublasComputeBFloat16)
    }
  }
}
