// The sum of the lanes of a vector. Included by *.tier.cpp files only.
#pragma once
#include "native_vector.inl.hpp"

namespace zoopt::objectives {
namespace {

// Lanes l and l + half are added until one is left.
template <class T, int bytes>
ZOOPT_INLINE T sum_of_lanes(const T* lanes) {
    if constexpr (bytes == static_cast<int>(sizeof(T))) {
        return lanes[0];
    } else {
        typedef T Half __attribute__((vector_size(bytes / 2), may_alias));
        Half low;
        Half high;
        __builtin_memcpy(&low, lanes, sizeof(low));
        __builtin_memcpy(&high, lanes + bytes / 2 / static_cast<int>(sizeof(T)), sizeof(high));
        low += high;
        T half[bytes / 2 / static_cast<int>(sizeof(T))];
        __builtin_memcpy(half, &low, sizeof(low));
        return sum_of_lanes<T, bytes / 2>(half);
    }
}

template <class T>
ZOOPT_INLINE T fold(const typename Native<T>::Vector& lanes) {
    return sum_of_lanes<T, ZOOPT_VECTOR_BYTES>(reinterpret_cast<const T*>(&lanes));
}

}  // namespace
}  // namespace zoopt::objectives
