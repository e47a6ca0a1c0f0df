/// The bfloat16 that is nearest to a finite number; of two that are equally near, the even one.
public func roundedToBfloat16(_ value: Float) -> Float {
  Float(bitPattern: (value.bitPattern + 0x7fff + (value.bitPattern >> 16 & 1)) & 0xffff_0000)
}
