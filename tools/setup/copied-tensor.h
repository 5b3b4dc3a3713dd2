// Included ahead of the binding's sources. They lend TensorFlow the memory of JavaScript's typed arrays where it is aligned, and let
// go of it on whichever thread drops the tensor last: two threads of an optimizer's kernels that do so at once corrupt Node's list of
// references, and the process dies. A copy is let go of at once, on the thread of JavaScript.

#ifndef PRUNEFRONT_COPIED_TENSOR_H_
#define PRUNEFRONT_COPIED_TENSOR_H_

#include <cstring>

#include "tensorflow/c/c_api.h"

static inline TF_Tensor *CopiedTensor(TF_DataType dtype, const int64_t *shape, int rank, void *data, size_t bytes,
                                      void (*release)(void *data, size_t bytes, void *arg), void *arg) {
  TF_Tensor *tensor = TF_AllocateTensor(dtype, shape, rank, bytes);
  if (bytes > 0) std::memcpy(TF_TensorData(tensor), data, bytes);
  release(data, bytes, arg);
  return tensor;
}

#define TF_NewTensor CopiedTensor

#endif  // PRUNEFRONT_COPIED_TENSOR_H_
