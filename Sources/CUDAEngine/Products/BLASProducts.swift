internal import CUDADriver
import NeuralNetwork

/// The products of full layers by cuBLAS, which stores matrices by columns: to it ours are transposed.
///
/// What our kernels do to a product on its way to memory takes kernels of its own here.
final class BLASProducts {
  private let main: Handle
  private let side: Handle
  private let mainStream: Stream
  /// Gradients of inputs before they are handed on.
  private let passing: DeviceMemory<Float>

  /// Bytes that cuBLAS wants for itself; where it had to allocate, a graph could not be written down.
  private static let workspaceBytes = 32 << 20

  /// cuBLAS on one stream: two of them may work at the same time and must not share memory.
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
      // After the stream, which resets it.
      let place = UnsafeMutableRawPointer(bitPattern: UInt(workspace.address.value))
      try BLASProducts.check(
        calls.cublasSetWorkspace_v2(handle, place, BLASProducts.workspaceBytes),
        "cublasSetWorkspace", calls)
    }

    deinit { _ = calls.cublasDestroy_v2(handle) }
  }

  /// - Parameter capacity: samples of a batch, at most.
  init(_ plan: Plan, calls: CUBLASCalls, capacity: Int, main: Stream, side: Stream) throws {
    self.main = try Handle(main, calls)
    self.side = try Handle(side, calls)
    mainStream = main
    let largest = plan.stages.filter { $0.work == .fullyConnected }.map(\.input.count).max() ?? 0
    passing = try DeviceMemory(main.device, count: capacity * largest)
  }

  private static func check(
    _ result: CUBLASResult, _ call: StaticString, _ calls: CUBLASCalls
  ) throws {
    guard result != 0 else { return }
    let text = calls.cublasGetStatusString(result).map { String(cString: $0) }
    throw CUDAError(call: "\(call)", text: text ?? "unknown error", code: result)
  }

  /// A matrix as cuBLAS sees it.
  private struct Factor {
    let address: DeviceAddress
    let stride: Int
    var isTransposed = false
  }

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

  /// `outputs = input * weights^T`.
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

  /// `weights' gradient = gradient^T * input`.
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

  /// `inputs' gradient = gradient * weights`, handed on.
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
  /// What cuBLAS calls it.
  fileprivate var computeType: CUBLASComputeType {
    switch self {
    case .float32: CUBLASComputeType(cublasComputeFloat32)
    case .tf32: CUBLASComputeType(cublasComputeTF32)
    case .bfloat16: CUBLASComputeType(cublasComputeBFloat16)
    }
  }
}
