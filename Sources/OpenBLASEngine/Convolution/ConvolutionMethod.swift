/// How the engine computes convolutions.
public enum ConvolutionMethod: String, Sendable, CaseIterable {
  /// Chosen by the shape of each layer.
  ///
  /// A first layer's 3 x 3 kernels over 1 to 4 channels are computed directly; other 3 x 3 kernels
  /// by Winograd's method if it has enough channels and its tiles fit the image; the rest by im2col.
  case auto
  /// Winograd's method for all 3 x 3 kernels; im2col for the rest.
  case winograd
  /// Products of window matrices for all convolutions.
  case im2col
}
