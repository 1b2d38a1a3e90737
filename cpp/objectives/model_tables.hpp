#pragma once
#include "linear_kernels.hpp"
#include "loss_kernels.hpp"
#include "mlp_kernels.hpp"

// The tables of kernels of the CPU tier in force, by the type that they compute in.
namespace zoopt::objectives {

template <class T>
const LinearKernels<T>& linear_kernels();

template <>
inline const LinearKernels<float>& linear_kernels<float>() {
    return ZOOPT_PICK_TABLE(linear_float32);
}

template <>
inline const LinearKernels<double>& linear_kernels<double>() {
    return ZOOPT_PICK_TABLE(linear_float64);
}

template <class T>
const MlpKernels<T>& mlp_kernels();

template <>
inline const MlpKernels<float>& mlp_kernels<float>() {
    return ZOOPT_PICK_TABLE(mlp_float32);
}

template <>
inline const MlpKernels<double>& mlp_kernels<double>() {
    return ZOOPT_PICK_TABLE(mlp_float64);
}

template <class T>
const LossKernels<T>& loss_kernels();

template <>
inline const LossKernels<float>& loss_kernels<float>() {
    return ZOOPT_PICK_TABLE(loss_float32);
}

template <>
inline const LossKernels<double>& loss_kernels<double>() {
    return ZOOPT_PICK_TABLE(loss_float64);
}

template <class T>
const OverlapKernels<T>& overlap_kernels();

template <>
inline const OverlapKernels<float>& overlap_kernels<float>() {
    return ZOOPT_PICK_TABLE(overlap_float32);
}

template <>
inline const OverlapKernels<double>& overlap_kernels<double>() {
    return ZOOPT_PICK_TABLE(overlap_float64);
}

}  // namespace zoopt::objectives
