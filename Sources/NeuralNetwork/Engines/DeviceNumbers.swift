/// An array of numbers in a device's memory.
public protocol DeviceNumbers: AnyObject {
  /// Address and count of the numbers, for libraries that can access device memory.
  ///
  /// The host must not dereference the address.
  var buffer: UnsafeMutableBufferPointer<Float> { get }

  /// Copies numbers from the host to the start of the array, and returns when the copy is complete.
  func write(_ numbers: [Float]) throws

  /// The first `count` numbers, read after all work that was started earlier has finished.
  func read(_ count: Int) throws -> [Float]
}
