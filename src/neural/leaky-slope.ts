/** Slope of leaky ReLU below zero (PyTorch's default). */
export const LEAKY_SLOPE = Math.fround(0.01)
