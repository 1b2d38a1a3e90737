#pragma once
#include <cmath>
#include <cstddef>
#include <vector>

#include "zoopt/archive.hpp"

namespace zoopt {

// The parameters of a search distribution, x = mean + scale * A z. The distribution decides which of the fields below
// the scale it uses and gives them their size: A is the identity (neither), diag(deviations), or V^T diag(roots)
// where covariance = V^T diag(roots^2) V and the rows of V are the eigenvectors.
struct Theta {
    std::vector<double> mean;
    double scale = 1.0;
    std::vector<double> deviations;
    std::vector<double> covariance;
    std::vector<double> eigenvectors;
    std::vector<double> roots;

    std::size_t dim() const { return mean.size(); }

    // Sum of the sizes of all parameters: not finite where one of them is not.
    double size() const {
        double sum = scale;
        for (const auto* parameters : {&mean, &deviations, &roots}) {
            for (const double x : *parameters) sum += std::fabs(x);
        }
        return sum;
    }

    void visit(Archive& archive) {
        archive.field("mean", mean);
        archive.field("scale", scale);
        if (!deviations.empty()) archive.field("deviations", deviations);
        if (covariance.empty()) return;
        archive.field("covariance", covariance);
        archive.field("eigenvectors", eigenvectors);
        archive.field("roots", roots);
    }
};

}  // namespace zoopt
