#pragma once
#include <vector>

#include "function_kernel.hpp"
#include "zoopt/objective.hpp"

namespace zoopt::objectives {

// f(R (x - shift)), to be minimised; an empty shift or rotation leaves that step out.
class TestFunction final : public Objective, public Piecewise {
   public:
    // Throws Error(invalid_input) where dim is too small, or shift or rotation has the wrong size.
    TestFunction(PickFunction pick, std::size_t dim, std::vector<double> shift, std::vector<double> rotation);

    std::size_t dim() const override { return dim_; }
    Sense sense() const override { return Sense::minimise; }
    void evaluate(const Rows& rows, std::uint64_t generation, unsigned threads,
                  std::span<double> values) const override;

    // A rotation mixes all coordinates.
    const Piecewise* piecewise() const override { return rotation_.empty() ? this : nullptr; }
    std::size_t reach() const override { return pick_().least_dim - 1; }
    void add_terms(double* rows, std::size_t stride, std::size_t count, std::size_t from, std::size_t width,
                   double* lanes) const override;
    void fold(double* lanes, std::size_t count, double* values) const override;

   private:
    void transformed(const double* rows, std::size_t count, double* values) const;

    PickFunction pick_;
    std::size_t dim_;
    std::vector<double> weights_;
    std::vector<double> shift_;
    std::vector<double> rotation_;
};

// A rotation or reflection drawn uniformly (by Haar's measure): row i is sample i of the stream of
// objectives, made orthonormal in that order.
std::vector<double> haar_rotation(std::size_t dim, std::uint64_t seed);

}  // namespace zoopt::objectives
