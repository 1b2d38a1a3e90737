#pragma once
#include <cstddef>
#include <cstdint>

#include "zoopt/tier.hpp"

// The best hypothesis of a list for many candidates.
//
// The hypotheses of a list are packed into panels, feature-major inside a panel: feature j of the panel's hypothesis l
// stands at [j * panel + l]. The last panel is filled up with copies of the list's first hypothesis, which lose every
// tie against it. The weights of the candidates are packed likewise into groups of at most `candidates`: weight j of
// the group's candidate r stands at [j * group size + r]. A score is always w[0] x[0] + w[1] x[1] + ..., one chain in
// that order, so that it does not depend on the neighbours in its group or panel.
namespace zoopt::objectives {

struct PackedList {
    const double* features;
    std::size_t panels;
    std::size_t width;  // features of a hypothesis
};

struct RerankKernels {
    std::size_t panel;
    std::size_t candidates;
    // picks[r] = the hypothesis with the highest score for candidate r of one group; ties go to the lowest.
    void (*pick)(const PackedList&, const double* weights, std::size_t size, std::int32_t* picks);
};

}  // namespace zoopt::objectives

ZOOPT_DECLARE_TABLE(objectives::RerankKernels, rerank_kernels)
