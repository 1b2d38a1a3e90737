#pragma once
#include <cstddef>
#include <cstdint>

#include "zoopt/tier.hpp"

// Linear scores of many rows of weights on packed samples.
//
// Samples are packed into panels, feature-major inside a panel, so that lanes run over samples: the value of
// feature j of the panel's sample l stands at [j * panel + l]. Rows of weights (a candidate of a binary
// model, or a class of a multiclass one) are packed into groups of at most `rows`, intercepts first: number j
// of the group's row r stands at [j * group size + r]. The score of one (row, sample) pair is always
// intercept + x[0] w[0] + x[1] w[1] + ..., one chain in that order, so that it does not depend on the
// neighbours in its group or panel.
namespace zoopt::objectives {

template <class T>
struct Panels {
    const T* data;
    std::size_t count;
    std::size_t features;
};

// Numbers of several rows for the samples of a run of panels: of row r and sample l of panel b at
// data[r * row + b * panel + l]. Both strides are whole numbers of vectors.
template <class T>
struct SampleRows {
    const T* data;
    std::size_t row;
    std::size_t panel;
};

template <class T>
struct ScoreRows {
    T* data;
    std::size_t row;
    std::size_t panel;
};

// The rows that the features of packed samples are.
template <class T>
static inline SampleRows<T> rows_of(const Panels<T>& panels, std::size_t panel) {
    return {panels.data, panel, panel * panels.features};
}

template <class T>
struct LinearKernels {
    std::size_t panel;
    std::size_t rows;
    // counts[r] += how many samples (padding included) row r scores above 0.
    void (*positives)(const Panels<T>&, const T* weights, std::size_t rows, std::int64_t* counts);
    // winners[s] = the row with the largest score on sample s; ties go to the lowest row.
    void (*winners)(const Panels<T>&, const T* weights, std::size_t rows, std::int32_t* winners);
    // All scores; the features are the rows of `samples`.
    void (*scores)(const SampleRows<T>& samples, std::size_t features, std::size_t panels, const T* weights,
                   std::size_t rows, const ScoreRows<T>& scores);
    // The same, and 0 where a score is below 0.
    void (*rectified)(const SampleRows<T>& samples, std::size_t features, std::size_t panels, const T* weights,
                      std::size_t rows, const ScoreRows<T>& scores);
    // out[i * stride + j] = sum over samples of left row i times right row j: each lane a chain in ascending order,
    // the lanes folded by halves.
    void (*products)(const SampleRows<T>& left, std::size_t lefts, const SampleRows<T>& right, std::size_t rights,
                     std::size_t panels, T* out, std::size_t stride);
    // out[i * stride] = sum over samples of row i, in the same order.
    void (*sums)(const SampleRows<T>&, std::size_t rows, std::size_t panels, T* out, std::size_t stride);
    // |b| + sum |w_j| largest_j for a row of weights and its intercept b: no sum of its terms is larger. NaN where one
    // of them is.
    double (*bound)(const double* row, const double* largest, std::size_t features);
};

// The rows are split into as few groups as possible, all about as large. Group g begins at row
// group_begin(g).
struct RowGroups {
    std::size_t rows;
    std::size_t groups;
};

static inline RowGroups row_groups(std::size_t rows, std::size_t limit) {
    return {rows, (rows + limit - 1) / limit};
}

static inline std::size_t group_begin(const RowGroups& split, std::size_t group) {
    return split.rows * group / split.groups;
}

}  // namespace zoopt::objectives

ZOOPT_DECLARE_TABLE(objectives::LinearKernels<float>, linear_float32)
ZOOPT_DECLARE_TABLE(objectives::LinearKernels<double>, linear_float64)
