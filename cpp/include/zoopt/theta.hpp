#pragma once
#include <cmath>
#include <cstddef>
#include <vector>

#include "zoopt/archive.hpp"

namespace zoopt {

// The parameters of a search distribution, x = mean + scale * A z. The distribution decides which of the fields below
// the scale it uses and gives them their size: A is the identity (none), diag(deviations), V^T diag(roots) where
// covariance = V^T diag(roots^2) V and the rows of V are the eigenvectors, the transpose of factor, or what the first
// rows of directions make of the identity.
struct Theta {
    std::vector<double> mean;
    double scale = 1.0;
    std::vector<double> deviations;
    std::vector<double> covariance;
    std::vector<double> eigenvectors;
    std::vector<double> roots;
    std::vector<double> factor{};
    std::vector<double> directions{};
    double directions_used = 0.0;

    std::size_t dim() const { return mean.size(); }

    // Sum of the sizes of all parameters: not finite where one of them is not.
    double size() const {
        double sum = scale;
        for (const auto* parameters : {&mean, &deviations, &roots, &directions}) {
            for (const double x : *parameters) sum += std::fabs(x);
        }
        return sum;
    }

    void visit(Archive& archive) {
        archive.field("mean", mean);
        archive.field("scale", scale);
        const auto used = [&](const char* name, std::vector<double>& field) {
            if (!field.empty()) archive.field(name, field);
        };
        used("deviations", deviations);
        used("covariance", covariance);
        used("eigenvectors", eigenvectors);
        used("roots", roots);
        used("factor", factor);
        used("directions", directions);
        if (!directions.empty()) archive.field("directions_used", directions_used);
    }
};

}  // namespace zoopt
