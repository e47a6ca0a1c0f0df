/// How the engine computes convolutions.
public enum ConvolutionMethod: String, Sendable, CaseIterable {
  /// By shape: images of one channel directly, 3 x 3 kernels over more channels by Winograd's
  /// method where its tiles fit the image, the rest by im2col.
  case auto
  /// Winograd's method for all 3 x 3 kernels.
  case winograd
  /// Products of window matrices for all.
  case im2col
}
