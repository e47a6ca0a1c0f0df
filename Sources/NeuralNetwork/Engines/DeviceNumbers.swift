/// Numbers in a device's memory.
public protocol DeviceNumbers: AnyObject {
  /// Where they lie: for who can read and write there. The host must not follow the address.
  var place: UnsafeMutableBufferPointer<Float> { get }

  /// Copies numbers of the host to the first places, and returns when they are there.
  func write(_ numbers: [Float]) throws

  /// The first `count` numbers, as they are when all that was begun before is done.
  func read(_ count: Int) throws -> [Float]
}
